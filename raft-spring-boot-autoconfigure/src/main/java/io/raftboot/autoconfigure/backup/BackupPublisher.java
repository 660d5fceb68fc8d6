package io.raftboot.autoconfigure.backup;

import io.raftboot.api.Backup;
import io.raftboot.notice.QuietLogger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/** Reads a backup for a subscriber: as much as it asks for, and on a thread that may wait for the disk. */
public final class BackupPublisher {
    private static final Logger log = QuietLogger.of(BackupPublisher.class);

    private BackupPublisher() {}

    /**
     * The bytes of a backup, in buffers of {@value Backup#BUFFER_BYTES} bytes.
     *
     * @param download closed when all is read, when that fails, or when the subscriber cancels
     * @return for one subscriber; ends with an error where the backup can't be read to its end
     */
    public static Flux<DataBuffer> of(BackupDownload download, DataBufferFactory buffers) {
        return Flux.<DataBuffer, Backup>generate(
                        download::backup, (backup, sink) -> read(backup, buffers, sink), BackupPublisher::close)
                .doOnDiscard(DataBuffer.class, DataBufferUtils::release)
                // What is asked for later is read there as well.
                .subscribeOn(Schedulers.boundedElastic());
    }

    private static Backup read(Backup backup, DataBufferFactory buffers, SynchronousSink<DataBuffer> sink) {
        try {
            var bytes = ByteBuffer.allocate(Backup.BUFFER_BYTES);
            int count = 0;
            while (bytes.hasRemaining() && count >= 0) {
                count = backup.read(bytes);
            }
            if (bytes.position() > 0) {
                sink.next(buffers.wrap(bytes.flip()));
            } else {
                sink.complete();
            }
        } catch (IOException e) {
            sink.error(new UncheckedIOException(e));
        }
        return backup;
    }

    private static void close(Backup backup) {
        try {
            backup.close();
        } catch (IOException e) {
            log.warn("A backup could not be closed", e);
        }
    }
}
