package io.raftboot.tool;

import io.raftboot.storage.disk.RealDisk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Copies a file so that the copy is there as a whole or not at all, and is safe from a loss of power when that is done. */
final class FileCopy {
    private FileCopy() {}

    static void copy(Path source, Path target) throws IOException {
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString(), null, "it exists already; name another file");
        }
        var directory = target.toAbsolutePath().resolveSibling("");
        // A name that nobody else has given to anything.
        var partial = Files.createTempFile(directory, target.getFileName() + ".", ".tmp");
        try {
            Files.copy(source, partial, StandardCopyOption.REPLACE_EXISTING);
            try (var channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException | Error e) {
            Files.deleteIfExists(partial);
            throw e;
        }
        new RealDisk().forceDirectory(directory);
    }
}
