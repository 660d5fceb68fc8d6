package io.raftboot.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The file system of the machine. Has no state but the locks. A thread that uses it must not be interrupted: the
 * channels of the platform close when that happens, and the member stops.
 */
public final class RealDisk implements Disk {
    /** Far behind the holder's name, because a locked range can't be read on some platforms. */
    private static final long LOCK_POSITION = Long.MAX_VALUE - 1;

    private static final int MAX_HOLDER_BYTES = 256;

    /** On Windows a directory can't be opened, and its entries are journalled by the file system. */
    private static final boolean DIRECTORIES_CAN_BE_FORCED =
            !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    /**
     * The locks of this process. Looked at before the file is opened, because closing ANY channel on a file gives up all
     * of the process's locks on it (POSIX).
     */
    private static final Map<Path, String> HELD = new ConcurrentHashMap<>();

    @Override
    public DiskFile create(Path file) throws IOException {
        return new RealFile(
                file,
                FileChannel.open(
                        file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new RealFile(file, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public boolean exists(Path file) {
        return Files.exists(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        var missing = new ArrayDeque<Path>();
        for (var level = directory.toAbsolutePath(); level != null && !Files.isDirectory(level); ) {
            missing.push(level);
            level = level.getParent();
        }
        for (var level : missing) {
            Files.createDirectories(level);
            var parent = level.getParent();
            if (parent != null) {
                forceDirectory(parent);
            }
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (DIRECTORIES_CAN_BE_FORCED) {
            try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (IOException e) {
                throw failed("force of the directory", directory, e);
            }
        }
    }

    @Override
    public Space space(Path directory) throws IOException {
        var file = directory.toFile();
        long totalBytes = file.getTotalSpace();
        if (totalBytes == 0) {
            throw new IOException("the free space of " + directory + " can't be told");
        }
        return new Space(file.getUsableSpace(), totalBytes);
    }

    @Override
    public DiskLock lock(Path file, String holder) throws IOException {
        var key = key(file);
        var other = HELD.putIfAbsent(key, holder);
        if (other != null) {
            throw new DiskLockedException(file, other);
        }
        try {
            return lockFile(file, holder, key);
        } catch (IOException | RuntimeException | Error e) {
            HELD.remove(key);
            throw e;
        }
    }

    @Override
    public @Nullable String lockHolder(Path file) throws IOException {
        if (!exists(file)) {
            return null;
        }
        var own = HELD.get(key(file));
        if (own != null) {
            return own;
        }
        var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            var lock = channel.tryLock(LOCK_POSITION, 1, false);
            try (channel) {
                return lock == null ? readHolder(channel) : null;
            }
        } catch (OverlappingFileLockException e) {
            // As in lockFile: to close the channel would give up the other one's lock.
            return readHolder(channel);
        }
    }

    private static Path key(Path file) throws IOException {
        var directory = file.toAbsolutePath().getParent();
        return directory == null ? file : directory.toRealPath().resolve(file.getFileName());
    }

    private static DiskLock lockFile(Path file, String holder, Path key) throws IOException {
        var channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        try {
            var lock = channel.tryLock(LOCK_POSITION, 1, false);
            if (lock == null) {
                var other = readHolder(channel);
                channel.close();
                throw new DiskLockedException(file, other);
            }
            channel.truncate(0);
            var name = ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8));
            while (name.hasRemaining()) {
                channel.write(name, name.position());
            }
            return new RealLock(channel, lock, key);
        } catch (OverlappingFileLockException e) {
            // Held in this process by another class loader, out of sight of HELD. The channel stays open: see there.
            throw new DiskLockedException(file, readHolder(channel));
        }
    }

    private static String readHolder(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(MAX_HOLDER_BYTES);
        channel.read(bytes, 0);
        var text = StandardCharsets.UTF_8.decode(bytes.flip()).toString().strip();
        return text.isEmpty() ? "unknown" : text;
    }

    private record RealLock(FileChannel channel, FileLock lock, Path key) implements DiskLock {
        @Override
        public void close() throws IOException {
            try (channel) {
                if (lock.isValid()) {
                    lock.release();
                }
            } finally {
                HELD.remove(key);
            }
        }
    }

    /** What the platform throws names neither the operation nor, of an open file, the file. */
    private static IOException failed(String operation, Path path, IOException cause) {
        return new IOException(operation + " " + path + " failed: " + cause.getMessage(), cause);
    }

    private record RealFile(Path path, FileChannel channel) implements DiskFile {
        /**
         * Written from multiples of its size on, because the page cache keeps what one write brought in folios as large as the
         * write, if its position is round. On ext4 (Linux 6.18) a later write of 270 KB into large ones takes half as long as
         * into those of crooked writes, and its force some 10 us less.
         */
        private static final ByteBuffer ZEROS =
                ByteBuffer.allocateDirect(1024 * 1024).asReadOnlyBuffer();

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            int total = 0;
            try {
                while (target.hasRemaining()) {
                    int count = channel.read(target, position + total);
                    if (count < 0) {
                        break;
                    }
                    total += count;
                }
            } catch (IOException e) {
                throw failed("read at offset " + (position + total) + " of", path, e);
            }
            return total;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            long next = position;
            try {
                while (source.hasRemaining()) {
                    next += channel.write(source, next);
                }
            } catch (IOException e) {
                throw failed("write at offset " + next + " of", path, e);
            }
        }

        @Override
        public void writeZeros(long position, long lengthBytes) throws IOException {
            var zeros = ZEROS.duplicate();
            for (long done = 0; done < lengthBytes; ) {
                int toRoundPosition = zeros.capacity() - (int) ((position + done) % zeros.capacity());
                int count = (int) Math.min(toRoundPosition, lengthBytes - done);
                write(zeros.clear().limit(count), position + done);
                done += count;
            }
        }

        @Override
        public void force() throws IOException {
            try {
                channel.force(false);
            } catch (IOException e) {
                throw failed("force of", path, e);
            }
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            try {
                channel.truncate(sizeBytes);
            } catch (IOException e) {
                throw failed("truncation of", path, e);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
