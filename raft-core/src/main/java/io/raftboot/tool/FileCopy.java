package io.raftboot.tool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Copies a file so that the copy is there as a whole or not at all. */
final class FileCopy {
    private FileCopy() {}

    static void copy(Path source, Path target) throws IOException {
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString(), null, "it exists already; name another file");
        }
        var partial = target.resolveSibling(target.getFileName() + ".tmp");
        Files.copy(source, partial, StandardCopyOption.REPLACE_EXISTING);
        try (var channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    }
}
