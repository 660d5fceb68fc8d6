package io.raftboot.storage.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file system as the storage uses it: everything done to files goes through here, so that a test can put a disk
 * under it that loses, tears or refuses. Safe for use by several threads.
 *
 * <p>What is durable: the bytes of a file once {@link DiskFile#force} has returned; its name (that it exists, was renamed
 * or deleted) once {@link #forceDirectory} of the directory it is in has returned. Before that either may survive a power
 * loss or not, in any order.
 */
public interface Disk {

    /**
     * Creates an empty file and opens it for reading and writing.
     *
     * @throws java.nio.file.FileAlreadyExistsException if it exists
     */
    DiskFile create(Path file) throws IOException;

    /**
     * Opens a file for reading and writing.
     *
     * @throws java.nio.file.NoSuchFileException if it does not exist
     */
    DiskFile open(Path file) throws IOException;

    boolean exists(Path file) throws IOException;

    /** The names in a directory, in order; none if there is no such directory. */
    List<String> list(Path directory) throws IOException;

    /** Creates the directory and its missing parents. They are durable when it returns. */
    void createDirectories(Path directory) throws IOException;

    /** Renames a file within its directory, at once and in place of the target, if that exists. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file if it exists. Who has it open goes on reading it. */
    void delete(Path file) throws IOException;

    void forceDirectory(Path directory) throws IOException;

    /** How much room there is on the file system of a directory, which must exist. */
    Space space(Path directory) throws IOException;

    /**
     * Room on a file system.
     *
     * @param usableBytes what this process may still write
     * @param totalBytes the size of all of it
     */
    record Space(long usableBytes, long totalBytes) {
        /** Room of a disk that does not end. */
        public static final Space UNLIMITED = new Space(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * Takes a lock that ends with the process at the latest, and writes into the file who has it.
     *
     * @param holder what others are told, one line
     * @throws DiskLockedException if another process, or this one, has it; nothing has changed
     */
    DiskLock lock(Path file, String holder) throws IOException;

    /** Who has the lock, as {@link #lock} was told; null if nobody has it, or there is no such file. Changes nothing. */
    @Nullable
    String lockHolder(Path file) throws IOException;
}
