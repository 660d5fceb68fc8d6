package io.raftboot.simulation;

import io.raftboot.storage.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk of one machine that outlives its processes: knows what was forced, and what a crash leaves of the rest. Files belong to it;
 * each process has a {@linkplain #mount() view} that ends with it. What is wrong with it say its {@link #faults}. Of one thread at a
 * time.
 */
public final class SimulatedDisk {
    private final Map<Path, Folder> folders = new HashMap<>();
    private final List<NameChange> pendingNames = new ArrayList<>();

    /** Files whose bytes, as processes see them, are not those that were forced. */
    private final Set<Inode> changed = new LinkedHashSet<>();

    /** All files that anybody can still reach, and some of the others. */
    private final List<Inode> inodes = new ArrayList<>();

    private final DiskFaults faults;
    private MountedDisk mounted;

    private Consumer<Fate> whenCrashed = fate -> {};

    /** What a crash leaves of what was not forced. */
    public enum Fate {
        /** The process died, and the machine did not: everything, which still is not forced. */
        KEPT,
        /** The power failed: nothing. */
        LOST,
        /** The power failed: some sectors of what was written, and the names that were changed first. */
        TORN
    }

    private record NameChange(Folder folder, Runnable onForced) {}

    /** The names in a directory, which itself is durable at once. */
    private static final class Folder {
        private final TreeMap<String, Inode> seen = new TreeMap<>();
        private final TreeMap<String, Inode> forced = new TreeMap<>();
        private final TreeSet<String> folders = new TreeSet<>();
    }

    /** The file behind a name, or several names, or none any more. */
    static final class Inode {
        private final FileBytes bytes = new FileBytes();
        private final List<DiskChange> pending = new ArrayList<>();

        /** What is durable, where that is something else than the bytes that processes see; null where it is not. */
        private @Nullable FileBytes durable;

        /** Whether a force has failed: what processes see, and what no later force will make durable, may differ from then on. */
        private boolean forceFailed;

        private int names;
        private int opened;

        private Inode() {
            names = 1;
        }

        int read(ByteBuffer target, long position) {
            return bytes.read(target, position);
        }

        long size() {
            return bytes.size();
        }

        void open() {
            opened++;
        }

        void close() {
            opened--;
        }

        private boolean takesRoom() {
            return names > 0 || opened > 0;
        }

        private FileBytes durable() {
            var known = durable;
            if (known == null) {
                known = bytes.copy();
                durable = known;
            }
            return known;
        }
    }

    /** A disk with faults that are drawn from a seed of its own. */
    public SimulatedDisk() {
        this(new SplittableRandom(1));
    }

    public SimulatedDisk(RandomGenerator random) {
        faults = new DiskFaults(this, random);
        mounted = new MountedDisk(this, faults);
    }

    /** What is wrong with it. */
    public DiskFaults faults() {
        return faults;
    }

    /** Has somebody told of each crash, once the disk is as that leaves it. */
    public void whenCrashed(Consumer<Fate> told) {
        whenCrashed = told;
    }

    /** The disk as a process sees it that begins now; the one before must have crashed. */
    public Disk mount() {
        return mounted;
    }

    /** As {@link #mount()}, for a process that can be held up by it, and die at it. */
    public Disk mount(SimulatedHost host) {
        mounted.of(host);
        return mounted;
    }

    /** Its process ends: what it still has open is of no use from now on, and its locks are free. */
    public void crash(Fate fate, RandomGenerator random) {
        mounted.end();
        mounted = new MountedDisk(this, faults);
        if (fate != Fate.KEPT) {
            changed.forEach(inode -> restart(inode, fate, random));
            changed.clear();
            restartNames(fate == Fate.LOST ? 0 : random.nextInt(pendingNames.size() + 1));
        }
        inodes.forEach(inode -> {
            inode.opened = 0;
            inode.names = 0;
        });
        for (var folder : folders.values()) {
            folder.seen.values().forEach(inode -> inode.names++);
        }
        if (pendingNames.isEmpty()) {
            inodes.removeIf(inode -> inode.names == 0);
        }
        whenCrashed.accept(fate);
    }

    private static void restart(Inode inode, Fate fate, RandomGenerator random) {
        var durable = inode.durable();
        inode.pending.forEach(change -> change.survive(fate, random, durable));
        inode.pending.clear();
        inode.bytes.become(durable);
        inode.durable = null;
        inode.forceFailed = false;
    }

    private void restartNames(int kept) {
        pendingNames.subList(0, kept).forEach(change -> change.onForced.run());
        pendingNames.clear();
        for (var folder : folders.values()) {
            folder.seen.clear();
            folder.seen.putAll(folder.forced);
        }
    }

    /**
     * A byte of a file changes by itself, in what was forced, while no process is there.
     *
     * @param names of the files that it may be
     * @param from where in it, at the earliest
     * @return which byte of which file; null if there is none
     */
    public @Nullable String rot(Predicate<Path> names, long from, RandomGenerator random) {
        var found = new TreeMap<Path, Inode>();
        folders.forEach((folder, content) -> content.seen.forEach((name, inode) -> {
            if (names.test(folder.resolve(name)) && inode.size() > from && inode.durable == null) {
                found.put(folder.resolve(name), inode);
            }
        }));
        if (found.isEmpty()) {
            return null;
        }
        var chosen = List.copyOf(found.entrySet()).get(random.nextInt(found.size()));
        var inode = chosen.getValue();
        long at = random.nextLong(from, inode.size());
        var one = ByteBuffer.allocate(1);
        inode.bytes.read(one, at);
        one.put(0, (byte) (one.get(0) ^ (1 << random.nextInt(8))));
        inode.bytes.write(one.flip(), at);
        faults.fire(DiskFaults.ROT);
        return "byte " + at + " of " + chosen.getKey();
    }

    /** Room that its files take. */
    long usedBytes() {
        long used = 0;
        for (var inode : inodes) {
            used += inode.takesRoom() ? inode.size() : 0;
        }
        return used;
    }

    private @Nullable Folder folderOf(Path file) {
        var parent = file.getParent();
        return parent == null ? null : folders.get(parent);
    }

    private Folder folder(Path file) {
        var folder = folderOf(file);
        if (folder == null) {
            throw new IllegalStateException("there is no directory for " + file);
        }
        return folder;
    }

    @Nullable
    Inode inode(Path file) {
        var folder = folderOf(file);
        return folder == null ? null : folder.seen.get(name(file));
    }

    Inode create(Path file) {
        var folder = folder(file);
        var name = name(file);
        var inode = new Inode();
        inodes.add(inode);
        folder.seen.put(name, inode);
        pendingNames.add(new NameChange(folder, () -> folder.forced.put(name, inode)));
        return inode;
    }

    /** Within its directory. */
    void rename(Path from, Path to, Inode inode) {
        var folder = folder(from);
        var oldName = name(from);
        var newName = name(to);
        folder.seen.remove(oldName);
        var replaced = folder.seen.put(newName, inode);
        if (replaced != null) {
            replaced.names--;
        }
        pendingNames.add(new NameChange(folder, () -> {
            folder.forced.remove(oldName);
            folder.forced.put(newName, inode);
        }));
    }

    void delete(Path file) {
        var folder = folder(file);
        var name = name(file);
        var deleted = folder.seen.remove(name);
        if (deleted != null) {
            deleted.names--;
            pendingNames.add(new NameChange(folder, () -> folder.forced.remove(name)));
        }
    }

    void forceDirectory(Path directory) {
        var folder = folders.get(directory);
        pendingNames.removeIf(change -> {
            if (change.folder != folder) {
                return false;
            }
            change.onForced.run();
            return true;
        });
    }

    void change(Inode inode, DiskChange change) {
        if (inode.durable == null) {
            inode.durable();
            changed.add(inode);
        }
        change.apply(inode.bytes);
        inode.pending.add(change);
    }

    void force(Inode inode) {
        if (inode.forceFailed) {
            inode.pending.forEach(change -> change.apply(inode.durable()));
        } else {
            inode.durable = null;
            changed.remove(inode);
        }
        inode.pending.clear();
    }

    /** A part of what is pending gets durable, and the process dies before it is told. */
    void forceInPart(Inode inode, RandomGenerator random) {
        if (!inode.pending.isEmpty()) {
            int count = random.nextInt(inode.pending.size() + 1);
            var first = inode.pending.subList(0, count);
            first.forEach(change -> change.survive(Fate.TORN, random, inode.durable()));
        }
    }

    /** What was written before is taken for durable from now on, as far as it comes to forces, and only some of it is. */
    void failForce(Inode inode, RandomGenerator random) {
        if (!inode.pending.isEmpty()) {
            inode.pending.forEach(change -> change.survive(Fate.TORN, random, inode.durable()));
            inode.pending.clear();
            inode.forceFailed = true;
        }
    }

    void createDirectories(Path directory) {
        var unused = make(directory);
    }

    private Folder make(Path directory) {
        var parent = directory.getParent();
        if (parent != null) {
            make(parent).folders.add(name(directory));
        }
        return folders.computeIfAbsent(directory, path -> new Folder());
    }

    boolean isDirectory(Path path) {
        return folders.containsKey(path);
    }

    List<String> list(Path directory) {
        var folder = folders.get(directory);
        if (folder == null) {
            return List.of();
        }
        if (folder.folders.isEmpty()) {
            return List.copyOf(folder.seen.keySet());
        }
        var found = new TreeSet<>(folder.seen.keySet());
        found.addAll(folder.folders);
        return List.copyOf(found);
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
