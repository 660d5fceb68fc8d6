package io.raftboot.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A disk in the heap, for tests and for members that need not survive their process. Forces do nothing. Files are
 * sparse: zeros that were never anything else take no room, so that a segment written in advance costs what is in it.
 */
public final class MemoryDisk implements Disk {
    private final Map<Path, Content> files = new TreeMap<>();
    private final TreeSet<Path> directories = new TreeSet<>();
    private final Map<Path, String> locks = new HashMap<>();

    @Override
    public synchronized DiskFile create(Path file) throws IOException {
        var path = normal(file);
        if (files.containsKey(path)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        checkDirectoryOf(path);
        var content = new Content();
        files.put(path, content);
        return new MemoryFile(content);
    }

    @Override
    public synchronized DiskFile open(Path file) throws IOException {
        return new MemoryFile(existing(file));
    }

    @Override
    public synchronized boolean exists(Path file) {
        return files.containsKey(normal(file)) || directories.contains(normal(file));
    }

    @Override
    public synchronized List<String> list(Path directory) {
        var parent = normal(directory);
        var names = new TreeSet<String>();
        for (var path : files.keySet()) {
            if (parent.equals(path.getParent())) {
                names.add(path.getFileName().toString());
            }
        }
        for (var path : directories) {
            if (parent.equals(path.getParent()) && path.getFileName() != null) {
                names.add(path.getFileName().toString());
            }
        }
        return List.copyOf(names);
    }

    @Override
    public synchronized void createDirectories(Path directory) {
        for (var level = normal(directory); level != null; level = level.getParent()) {
            directories.add(level);
        }
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        var content = existing(from);
        checkDirectoryOf(normal(to));
        files.remove(normal(from));
        files.put(normal(to), content);
    }

    @Override
    public synchronized void delete(Path file) {
        files.remove(normal(file));
    }

    @Override
    public void forceDirectory(Path directory) {}

    @Override
    public Space space(Path directory) {
        return Space.UNLIMITED;
    }

    @Override
    public synchronized DiskLock lock(Path file, String holder) throws IOException {
        var path = normal(file);
        var other = locks.putIfAbsent(path, holder);
        if (other != null) {
            throw new DiskLockedException(file, other);
        }
        return () -> unlock(path);
    }

    @Override
    public synchronized @Nullable String lockHolder(Path file) {
        return locks.get(normal(file));
    }

    private synchronized void unlock(Path path) {
        locks.remove(path);
    }

    private Content existing(Path file) throws NoSuchFileException {
        var content = files.get(normal(file));
        if (content == null) {
            throw new NoSuchFileException(file.toString());
        }
        return content;
    }

    private void checkDirectoryOf(Path path) throws NoSuchFileException {
        var parent = path.getParent();
        if (parent != null && !directories.contains(parent)) {
            throw new NoSuchFileException(parent.toString());
        }
    }

    private static Path normal(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /** The bytes of one file, shared by all who have it open, and kept by them when it is deleted. */
    private static final class Content {
        private static final int CHUNK_SIZE_BYTES = 16 * 1024;

        private final Map<Long, byte[]> chunks = new HashMap<>();
        private long size;

        synchronized int read(ByteBuffer target, long position) {
            int total = (int) Math.max(0, Math.min(target.remaining(), size - position));
            for (int done = 0; done < total; ) {
                long at = position + done;
                int offset = (int) (at % CHUNK_SIZE_BYTES);
                int count = Math.min(CHUNK_SIZE_BYTES - offset, total - done);
                var chunk = chunks.get(at / CHUNK_SIZE_BYTES);
                if (chunk == null) {
                    target.put(new byte[count]);
                } else {
                    target.put(chunk, offset, count);
                }
                done += count;
            }
            return total;
        }

        synchronized void write(ByteBuffer source, long position) {
            long at = position;
            while (source.hasRemaining()) {
                int offset = (int) (at % CHUNK_SIZE_BYTES);
                int count = Math.min(CHUNK_SIZE_BYTES - offset, source.remaining());
                var chunk = chunks.computeIfAbsent(at / CHUNK_SIZE_BYTES, number -> new byte[CHUNK_SIZE_BYTES]);
                source.get(chunk, offset, count);
                at += count;
            }
            size = Math.max(size, at);
        }

        synchronized void writeZeros(long position, long length) {
            long end = position + length;
            for (long at = position; at < end; ) {
                int offset = (int) (at % CHUNK_SIZE_BYTES);
                long count = Math.min(CHUNK_SIZE_BYTES - offset, end - at);
                clear(at / CHUNK_SIZE_BYTES, offset, (int) count);
                at += count;
            }
            size = Math.max(size, end);
        }

        synchronized void truncate(long newSize) {
            if (newSize < size) {
                writeZeros(newSize, size - newSize);
                size = newSize;
            }
        }

        synchronized long size() {
            return size;
        }

        private void clear(long number, int offset, int count) {
            if (count == CHUNK_SIZE_BYTES) {
                chunks.remove(number);
                return;
            }
            var chunk = chunks.get(number);
            if (chunk != null) {
                Arrays.fill(chunk, offset, offset + count, (byte) 0);
            }
        }
    }

    private static final class MemoryFile implements DiskFile {
        private final Content content;
        private volatile boolean closed;

        MemoryFile(Content content) {
            this.content = content;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return open().read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            open().write(source, position);
        }

        @Override
        public void writeZeros(long position, long lengthBytes) throws IOException {
            open().writeZeros(position, lengthBytes);
        }

        @Override
        public void force() throws IOException {
            open();
        }

        @Override
        public long size() throws IOException {
            return open().size();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            open().truncate(sizeBytes);
        }

        @Override
        public void close() {
            closed = true;
        }

        private Content open() throws ClosedChannelException {
            if (closed) {
                throw new ClosedChannelException();
            }
            return content;
        }
    }
}
