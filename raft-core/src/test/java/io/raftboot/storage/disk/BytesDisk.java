package io.raftboot.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Files that are there, to be read and nothing else: a disk for decoders that are given many of them. */
public final class BytesDisk implements Disk {
    private final Map<String, byte[]> files;

    /** @param files by name */
    public BytesDisk(Map<String, byte[]> files) {
        this.files = new TreeMap<>(files);
    }

    /** The file with these bytes. */
    public static DiskFile file(byte[] bytes) {
        return new BytesFile(bytes);
    }

    @SuppressWarnings("ArrayRecordComponent") // read, and never compared
    private record BytesFile(byte[] bytes) implements DiskFile {
        @Override
        public int read(ByteBuffer target, long position) {
            int count = (int) Math.max(0, Math.min(target.remaining(), bytes.length - position));
            if (count > 0) {
                target.put(bytes, (int) position, count);
            }
            return count;
        }

        @Override
        public void write(ByteBuffer source, long position) {
            throw changed();
        }

        @Override
        public void writeZeros(long position, long lengthBytes) {
            throw changed();
        }

        @Override
        public void force() {
            throw changed();
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void truncate(long sizeBytes) {
            throw changed();
        }

        @Override
        public void close() {}
    }

    private static UnsupportedOperationException changed() {
        return new UnsupportedOperationException("who only reads changes nothing");
    }

    @Override
    public DiskFile create(Path file) {
        throw changed();
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        byte[] bytes = files.get(file.getFileName().toString());
        if (bytes == null) {
            throw new NoSuchFileException(file.toString());
        }
        return file(bytes);
    }

    @Override
    public boolean exists(Path file) {
        return files.containsKey(file.getFileName().toString());
    }

    @Override
    public List<String> list(Path directory) {
        return List.copyOf(files.keySet());
    }

    @Override
    public void createDirectories(Path directory) {
        throw changed();
    }

    @Override
    public void rename(Path from, Path to) {
        throw changed();
    }

    @Override
    public void delete(Path file) {
        throw changed();
    }

    @Override
    public void forceDirectory(Path directory) {
        throw changed();
    }

    @Override
    public Space space(Path directory) {
        return Space.UNLIMITED;
    }

    @Override
    public DiskLock lock(Path file, String holder) {
        throw changed();
    }

    @Override
    public @Nullable String lockHolder(Path file) {
        return null;
    }
}
