package io.raftboot.storage.log;

import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.ForwardingDisk;
import io.raftboot.storage.disk.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that keeps a journal of what was done to it, and can say what would be left if power had failed at any
 * point of it. It can also be told to fail at an operation.
 */
final class JournalDisk extends ForwardingDisk {
    private static final int SECTOR_SIZE = 512;

    private final List<Operation> operations = new ArrayList<>();
    private final Map<Path, Integer> inodes = new HashMap<>();
    private int inodeCount;
    private IntPredicate failsAt = number -> false;
    private int failures;

    /** What may become of operations that were not forced. */
    enum Crash {
        /** The process died, the machine did not: everything is there. */
        NOTHING_LOST,
        /** Power failed: nothing that was not forced is there. */
        ALL_LOST,
        /** Some sectors of the unforced writes are there, and some of the names. */
        TORN,
        /** Some of the unforced writes are there as a whole, others not, in any order. */
        REORDERED
    }

    sealed interface Operation {
        String name();
    }

    private record Create(Path path, int inode) implements Operation {
        @Override
        public String name() {
            return path.getFileName().toString();
        }
    }

    private record Write(String name, int inode, long position, ByteBuffer bytes) implements Operation {}

    private record WriteZeros(String name, int inode, long position, long length) implements Operation {}

    private record Truncate(String name, int inode, long size) implements Operation {}

    private record Force(String name, int inode) implements Operation {}

    private record CreateDirectories(Path path) implements Operation {
        @Override
        public String name() {
            return path.toString();
        }
    }

    private record Rename(Path from, Path to) implements Operation {
        @Override
        public String name() {
            return to.getFileName().toString();
        }
    }

    private record Delete(Path path) implements Operation {
        @Override
        public String name() {
            return path.getFileName().toString();
        }
    }

    private record ForceDirectory(Path path) implements Operation {
        @Override
        public String name() {
            return path.toString();
        }
    }

    JournalDisk() {
        super(new MemoryDisk());
    }

    List<Operation> operations() {
        return operations;
    }

    int forces() {
        return (int) operations.stream()
                .filter(operation -> operation instanceof Force || operation instanceof ForceDirectory)
                .count();
    }

    /** Makes operations fail; they are counted from 0, and a failed one has no effect. */
    void failAt(IntPredicate numbers) {
        failsAt = numbers;
    }

    int failures() {
        return failures;
    }

    private void record(Operation operation) throws IOException {
        int number = operations.size();
        operations.add(operation);
        if (failsAt.test(number)) {
            failures++;
            throw new IOException("Injected: " + operation.getClass().getSimpleName() + " of " + operation.name());
        }
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        int inode = inodeCount++;
        record(new Create(file, inode));
        inodes.put(file, inode);
        return super.create(file);
    }

    @Override
    protected DiskFile opened(Path path, DiskFile file) {
        return new JournalFile(path.getFileName().toString(), Objects.requireNonNull(inodes.get(path)), file);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        record(new CreateDirectories(directory));
        super.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        record(new Rename(from, to));
        super.rename(from, to);
        inodes.put(to, inodes.remove(from));
    }

    @Override
    public void delete(Path file) throws IOException {
        if (exists(file)) {
            record(new Delete(file));
            super.delete(file);
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        record(new ForceDirectory(directory));
    }

    /** What is on the disk after the first operations and a crash. */
    MemoryDisk after(int operationCount, Crash crash, Random random) throws IOException {
        var image = new Image();
        for (var operation : operations.subList(0, operationCount)) {
            image.apply(operation);
        }
        return image.crash(crash, random);
    }

    private final class JournalFile extends ForwardingFile {
        private final String name;
        private final int inode;

        JournalFile(String name, int inode, DiskFile file) {
            super(file);
            this.name = name;
            this.inode = inode;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            var bytes = ByteBuffer.allocate(source.remaining());
            bytes.put(source.duplicate()).flip();
            record(new Write(name, inode, position, bytes));
            super.write(source, position);
        }

        @Override
        public void writeZeros(long position, long lengthBytes) throws IOException {
            record(new WriteZeros(name, inode, position, lengthBytes));
            super.writeZeros(position, lengthBytes);
        }

        @Override
        public void force() throws IOException {
            record(new Force(name, inode));
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            record(new Truncate(name, inode, sizeBytes));
            super.truncate(sizeBytes);
        }
    }

    /** What is durable at a point, and what is on its way. */
    private static final class Image {
        private final List<Path> directories = new ArrayList<>();
        private final Map<Path, Integer> names = new LinkedHashMap<>();
        private final Map<Integer, MemoryDisk> contents = new HashMap<>();
        private final Map<Integer, List<Operation>> pendingWrites = new LinkedHashMap<>();
        private final List<Operation> pendingNames = new ArrayList<>();

        void apply(Operation operation) throws IOException {
            if (operation instanceof CreateDirectories create) {
                directories.add(create.path());
            } else if (operation instanceof Force force) {
                for (var write : pending(force.inode())) {
                    write(force.inode(), write);
                }
                pending(force.inode()).clear();
            } else if (operation instanceof ForceDirectory force) {
                forceNames(force.path());
            } else if (operation instanceof Write write) {
                pending(write.inode()).add(write);
            } else if (operation instanceof WriteZeros write) {
                pending(write.inode()).add(write);
            } else if (operation instanceof Truncate truncate) {
                pending(truncate.inode()).add(truncate);
            } else {
                pendingNames.add(operation);
            }
        }

        MemoryDisk crash(Crash crash, Random random) throws IOException {
            for (var entry : pendingWrites.entrySet()) {
                for (var write : entry.getValue()) {
                    switch (crash) {
                        case NOTHING_LOST -> write(entry.getKey(), write);
                        case ALL_LOST -> {}
                        case TORN -> tear(entry.getKey(), write, random);
                        case REORDERED -> {
                            if (random.nextBoolean()) {
                                write(entry.getKey(), write);
                            }
                        }
                    }
                }
            }
            // A file system keeps the order of names in one directory; between directories there is none.
            int keep =
                    switch (crash) {
                        case NOTHING_LOST -> pendingNames.size();
                        case ALL_LOST -> 0;
                        case TORN, REORDERED -> random.nextInt(pendingNames.size() + 1);
                    };
            var kept = new ArrayList<>(pendingNames);
            if (crash == Crash.REORDERED) {
                Collections.shuffle(kept, random);
            }
            kept.subList(0, keep).forEach(this::rename);
            return toDisk();
        }

        private List<Operation> pending(int inode) {
            return pendingWrites.computeIfAbsent(inode, key -> new ArrayList<>());
        }

        private void forceNames(Path directory) {
            for (var operations = pendingNames.iterator(); operations.hasNext(); ) {
                var operation = operations.next();
                if (directory.equals(directoryOf(operation))) {
                    rename(operation);
                    operations.remove();
                }
            }
        }

        private static @Nullable Path directoryOf(Operation operation) {
            if (operation instanceof Create create) {
                return create.path().getParent();
            }
            if (operation instanceof Rename rename) {
                return rename.to().getParent();
            }
            return operation instanceof Delete delete ? delete.path().getParent() : null;
        }

        private void rename(Operation operation) {
            if (operation instanceof Create create) {
                names.put(create.path(), create.inode());
            } else if (operation instanceof Rename rename) {
                var inode = names.remove(rename.from());
                if (inode != null) {
                    names.put(rename.to(), inode);
                }
            } else if (operation instanceof Delete delete) {
                names.remove(delete.path());
            }
        }

        private void write(int inode, Operation operation) throws IOException {
            var file = content(inode);
            if (operation instanceof Write write) {
                file.write(write.bytes().duplicate(), write.position());
            } else if (operation instanceof WriteZeros zeros) {
                file.writeZeros(zeros.position(), zeros.length());
            } else if (operation instanceof Truncate truncate) {
                file.truncate(truncate.size());
            }
        }

        private void tear(int inode, Operation operation, Random random) throws IOException {
            if (operation instanceof Write write) {
                for (int at = 0; at < write.bytes().limit(); at += SECTOR_SIZE) {
                    if (random.nextBoolean()) {
                        int length = Math.min(SECTOR_SIZE, write.bytes().limit() - at);
                        content(inode).write(write.bytes().slice(at, length), write.position() + at);
                    }
                }
            } else if (random.nextBoolean()) {
                write(inode, operation);
            }
        }

        private DiskFile content(int inode) throws IOException {
            var content = contents.get(inode);
            if (content == null) {
                content = new MemoryDisk();
                contents.put(inode, content);
                content.createDirectories(Path.of("/"));
                return content.create(Path.of("/content"));
            }
            return content.open(Path.of("/content"));
        }

        private MemoryDisk toDisk() throws IOException {
            var result = new MemoryDisk();
            result.createDirectories(Path.of("/"));
            directories.forEach(result::createDirectories);
            for (var name : names.entrySet()) {
                var file = result.create(name.getKey());
                var content = content(name.getValue());
                var bytes = ByteBuffer.allocate((int) content.size());
                content.read(bytes, 0);
                file.write(bytes.flip(), 0);
            }
            return result;
        }
    }
}
