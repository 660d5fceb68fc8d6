package io.raftboot.storage.snapshot;

import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The files of snapshots that are not complete. What was received is kept to be resumed, and no more than that: a member
 * that is sent snapshots and never gets one as a whole would else fill its disk with their beginnings.
 */
final class SnapshotParts {
    static final String SUFFIX = ".part";
    static final String WRITING_SUFFIX = ".writing";

    private final Disk disk;
    private final Path directory;

    SnapshotParts(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** What an earlier attempt has received, or an empty file. */
    DiskFile open(String name) throws IOException {
        var path = directory.resolve(name);
        return disk.exists(path) ? disk.open(path) : disk.create(path);
    }

    /**
     * Deletes what an earlier process has begun, all but the newest one of those it was receiving, which may be offered again;
     * that one too if there is a complete snapshot that is newer.
     *
     * @param newestComplete name of the newest complete snapshot; empty if there is none
     */
    void deleteAllButNewest(String newestComplete) throws IOException {
        for (var name : named(WRITING_SUFFIX)) {
            disk.delete(directory.resolve(name));
        }
        var names = named(SUFFIX);
        for (int i = 0; i < names.size(); i++) {
            boolean newest = i == names.size() - 1;
            if (!newest || names.get(i).compareTo(newestComplete) < 0) {
                disk.delete(directory.resolve(names.get(i)));
            }
        }
    }

    /** Deletes all that are not being received now. */
    void deleteAllBut(Set<String> receiving) throws IOException {
        for (var name : named(SUFFIX)) {
            if (!receiving.contains(name)) {
                disk.delete(directory.resolve(name));
            }
        }
    }

    /** Those before a name in the order of the entries that are not being received now. */
    List<Path> olderThan(String name, Set<String> receiving) throws IOException {
        var older = new ArrayList<Path>();
        for (var part : named(SUFFIX)) {
            if (part.compareTo(name) < 0 && !receiving.contains(part)) {
                older.add(directory.resolve(part));
            }
        }
        return older;
    }

    /** Files of a kind, in the order of the entries. */
    private List<String> named(String suffix) throws IOException {
        return disk.list(directory).stream()
                .filter(name -> name.endsWith(suffix))
                .sorted()
                .toList();
    }
}
