package io.raftboot.simulation;

import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.MemoryDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk of one machine that outlives its processes, over a disk in memory: knows what was forced, and what a crash leaves of the rest.
 * Files belong to it; each process has a {@linkplain #mount() view} that ends with it. Not simulated yet: operations that fail, or
 * take time, a disk that is full, and bytes that rot. Of one thread.
 */
public final class SimulatedDisk {
    private static final Path SEEN = Path.of("/seen");
    private static final Path FORCED = Path.of("/forced");

    /** Where the bytes of all files are, twice: as processes see them, and as they were forced. */
    private final MemoryDisk bytes = new MemoryDisk();

    private final TreeSet<Path> directories = new TreeSet<>();
    private final Map<Path, Inode> names = new TreeMap<>();
    private final Map<Path, Inode> forcedNames = new TreeMap<>();
    private final List<NameChange> pendingNames = new ArrayList<>();
    private final Map<Integer, Inode> changed = new TreeMap<>();
    private int inodeCount;
    private MountedDisk mounted = new MountedDisk(this);

    /** What a crash leaves of what was not forced. */
    public enum Fate {
        /** The process died, and the machine did not: everything. */
        KEPT,
        /** The power failed: nothing. */
        LOST,
        /** The power failed: some sectors of what was written, and the names that were changed first. */
        TORN
    }

    private record NameChange(Path directory, Runnable onForced) {}

    /** The file behind a name, or several names, or none any more. */
    static final class Inode {
        private final int number;
        private final DiskFile seen;
        private final DiskFile forced;
        private final List<DiskChange> pending = new ArrayList<>();

        private Inode(int number, DiskFile seen, DiskFile forced) {
            this.number = number;
            this.seen = seen;
            this.forced = forced;
        }

        DiskFile seen() {
            return seen;
        }
    }

    public SimulatedDisk() {
        bytes.createDirectories(SEEN);
        bytes.createDirectories(FORCED);
    }

    /** The disk as a process sees it that begins now; the one before must have crashed. */
    public Disk mount() {
        return mounted;
    }

    /** Its process ends: what it still has open is of no use from now on, and its locks are free. */
    public void crash(Fate fate, RandomGenerator random) {
        mounted.end();
        mounted = new MountedDisk(this);
        try {
            for (var inode : changed.values()) {
                for (var change : inode.pending) {
                    change.survive(fate, random, inode.forced);
                }
                inode.pending.clear();
                copy(inode.forced, inode.seen);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        changed.clear();
        int kept =
                switch (fate) {
                    case KEPT -> pendingNames.size();
                    case LOST -> 0;
                    case TORN -> random.nextInt(pendingNames.size() + 1);
                };
        pendingNames.subList(0, kept).forEach(change -> change.onForced.run());
        pendingNames.clear();
        names.clear();
        names.putAll(forcedNames);
    }

    private static void copy(DiskFile from, DiskFile to) throws IOException {
        var all = ByteBuffer.allocate(Math.toIntExact(from.size()));
        int length = from.read(all, 0);
        to.truncate(0);
        to.write(all.flip(), 0);
        to.truncate(length);
    }

    @Nullable
    Inode inode(Path file) {
        return names.get(file);
    }

    Inode create(Path file) throws IOException {
        int number = inodeCount++;
        var name = Integer.toString(number);
        var inode = new Inode(number, bytes.create(SEEN.resolve(name)), bytes.create(FORCED.resolve(name)));
        names.put(file, inode);
        changeName(file, () -> forcedNames.put(file, inode));
        return inode;
    }

    void rename(Path from, Path to, Inode inode) {
        names.remove(from);
        names.put(to, inode);
        changeName(to, () -> {
            forcedNames.remove(from);
            forcedNames.put(to, inode);
        });
    }

    void delete(Path file) {
        names.remove(file);
        changeName(file, () -> forcedNames.remove(file));
    }

    private void changeName(Path file, Runnable onForced) {
        pendingNames.add(new NameChange(directoryOf(file), onForced));
    }

    void forceDirectory(Path directory) {
        for (var change : pendingNames) {
            if (change.directory.equals(directory)) {
                change.onForced.run();
            }
        }
        pendingNames.removeIf(change -> change.directory.equals(directory));
    }

    void change(Inode inode, DiskChange change) throws IOException {
        change.apply(inode.seen);
        inode.pending.add(change);
        changed.put(inode.number, inode);
    }

    void force(Inode inode) throws IOException {
        for (var change : inode.pending) {
            change.apply(inode.forced);
        }
        inode.pending.clear();
        changed.remove(inode.number);
    }

    void createDirectories(Path directory) {
        for (var level = directory; level != null; level = level.getParent()) {
            directories.add(level);
        }
    }

    boolean isDirectory(Path path) {
        return directories.contains(path);
    }

    List<String> list(Path directory) {
        var found = new TreeSet<String>();
        var all = new ArrayList<>(names.keySet());
        all.addAll(directories);
        for (var path : all) {
            if (directory.equals(path.getParent())) {
                found.add(path.getFileName().toString());
            }
        }
        return Collections.unmodifiableList(new ArrayList<>(found));
    }

    private static Path directoryOf(Path file) {
        var parent = file.getParent();
        return parent == null ? file : parent;
    }
}
