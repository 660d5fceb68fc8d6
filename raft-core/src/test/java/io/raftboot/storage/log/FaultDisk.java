package io.raftboot.storage.log;

import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.ForwardingDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** A disk that fails, hangs or is full when it is told so. Safe for use by several threads. */
public final class FaultDisk extends ForwardingDisk {
    private BiPredicate<Operation, Path> failing = FaultDisk::never;
    private BiPredicate<Operation, Path> hanging = FaultDisk::never;
    private final List<String> failures = new ArrayList<>();
    private final List<String> changesAfterFailure = new ArrayList<>();
    private final Map<Path, Long> sizes = new HashMap<>();
    private long capacityBytes = Long.MAX_VALUE;
    private int waiting;

    /** What is done to a file. */
    public enum Operation {
        CREATE,
        OPEN,
        READ,
        WRITE,
        FORCE,
        RENAME,
        DELETE,
        FORCE_DIRECTORY
    }

    public FaultDisk(Disk disk) {
        super(disk);
    }

    /** From now on these operations throw, and do nothing. */
    public synchronized void failWhen(BiPredicate<Operation, Path> operations) {
        failing = operations;
    }

    /** From now on these operations do not return, until told otherwise. */
    public synchronized void hangWhen(BiPredicate<Operation, Path> operations) {
        hanging = operations;
        notifyAll();
    }

    /** The files together may have so many bytes. */
    public synchronized void limit(long newCapacityBytes) {
        capacityBytes = newCapacityBytes;
    }

    /** What the files together have. */
    public synchronized long usedBytes() {
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Nothing fails or hangs any more, and there is room. */
    public synchronized void heal() {
        failing = FaultDisk::never;
        hanging = FaultDisk::never;
        capacityBytes = Long.MAX_VALUE;
        notifyAll();
    }

    /** What has failed, in order. */
    public synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    /** What was written, forced or renamed of the log since the first failure. */
    public synchronized List<String> changesAfterFailure() {
        return List.copyOf(changesAfterFailure);
    }

    public synchronized boolean isHanging() {
        return waiting > 0;
    }

    private static boolean never(Operation operation, Path file) {
        return false;
    }

    private synchronized void before(Operation operation, Path file) throws IOException {
        while (hanging.test(operation, file)) {
            waiting++;
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            } finally {
                waiting--;
            }
        }
        var name = operation + " of " + file;
        if (failing.test(operation, file)) {
            failures.add(name);
            throw new IOException("injected: " + name + " failed");
        }
        if (!failures.isEmpty() && (operation == Operation.WRITE || operation == Operation.FORCE)) {
            changesAfterFailure.add(name);
        }
    }

    private synchronized void grow(Path file, long sizeBytes) throws IOException {
        long before = sizes.getOrDefault(file, 0L);
        if (sizeBytes > before) {
            if (sizeBytes - before > capacityBytes - usedBytes()) {
                failures.add("full at " + file);
                throw new IOException("injected: no space left for " + file);
            }
            sizes.put(file, sizeBytes);
        }
    }

    private synchronized void shrink(Path file, long sizeBytes) {
        sizes.computeIfPresent(file, (path, size) -> Math.min(size, sizeBytes));
    }

    private synchronized void moved(Path from, @Nullable Path to) {
        var size = sizes.remove(from);
        if (to != null && size != null) {
            sizes.put(to, size);
        }
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        before(Operation.CREATE, file);
        return super.create(file);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        before(Operation.OPEN, file);
        return super.open(file);
    }

    @Override
    protected DiskFile opened(Path path, DiskFile file) {
        return new FaultFile(path, file);
    }

    @Override
    public boolean exists(Path file) {
        try {
            return super.exists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        before(Operation.RENAME, to);
        super.rename(from, to);
        moved(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        before(Operation.DELETE, file);
        super.delete(file);
        moved(file, null);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        before(Operation.FORCE_DIRECTORY, directory);
        super.forceDirectory(directory);
    }

    @Override
    public synchronized Space space(Path directory) {
        return capacityBytes == Long.MAX_VALUE
                ? Space.UNLIMITED
                : new Space(Math.max(0, capacityBytes - usedBytes()), capacityBytes);
    }

    private final class FaultFile extends ForwardingFile {
        private final Path path;

        FaultFile(Path path, DiskFile file) {
            super(file);
            this.path = path;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            before(Operation.READ, path);
            return super.read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            before(Operation.WRITE, path);
            grow(path, position + source.remaining());
            super.write(source, position);
        }

        @Override
        public void writeZeros(long position, long lengthBytes) throws IOException {
            before(Operation.WRITE, path);
            grow(path, position + lengthBytes);
            super.writeZeros(position, lengthBytes);
        }

        @Override
        public void force() throws IOException {
            before(Operation.FORCE, path);
            super.force();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            before(Operation.WRITE, path);
            super.truncate(sizeBytes);
            shrink(path, sizeBytes);
        }
    }
}
