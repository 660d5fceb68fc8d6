package io.raftboot.autoconfigure.backup;

import io.raftboot.api.Backup;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A backup as the body of an answer.
 *
 * @param backup closed by whoever writes it, and by {@link #close} where nobody does
 */
public record BackupDownload(Backup backup) implements AutoCloseable {
    /** Media type of the bytes. */
    public static final String TYPE = "application/octet-stream";

    /** Header with the index of the last entry whose effect is in it. */
    public static final String INDEX = "Raft-Backup-Index";

    /** Header with the CRC-32C of the state in it, as {@code raft-tools restore} prints it. */
    public static final String CHECKSUM = "Raft-Backup-Checksum";

    /** Headers by name, the length and the file name to keep it under among them. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Length", String.valueOf(backup.length()));
        headers.put("Content-Disposition", "attachment; filename=\"" + backup.fileName() + "\"");
        headers.put(INDEX, String.valueOf(backup.index()));
        headers.put(CHECKSUM, "crc32c=" + backup.checksum());
        return headers;
    }

    /**
     * Writes all of it, on this thread, which waits for the disk and for whoever reads; closes the backup in any case.
     *
     * @param target stays open
     * @throws IOException if one of the two fails: what was written is shorter than announced then
     */
    public void writeTo(OutputStream target) throws IOException {
        try (backup) {
            backup.writeTo(Channels.newChannel(target));
        }
    }

    /** Nobody writes it. */
    @Override
    public void close() throws IOException {
        backup.close();
    }
}
