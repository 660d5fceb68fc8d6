package io.raftboot.storage.log;

import io.raftboot.storage.Members;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The bytes of a member's directory, to be damaged and opened again and again. */
public final class DiskImage {
    private final Map<Path, byte[]> files;

    private DiskImage(Map<Path, byte[]> files) {
        this.files = files;
    }

    public static DiskImage of(Disk disk) throws IOException {
        var files = new TreeMap<Path, byte[]>();
        for (var directory : new Path[] {Members.DIRECTORY, path("wal"), path("snapshots")}) {
            for (var name : disk.list(directory)) {
                var path = directory.resolve(name);
                boolean isDirectory = path.equals(path("wal")) || path.equals(path("snapshots"));
                if (!isDirectory) {
                    files.put(path, read(disk, path));
                }
            }
        }
        return new DiskImage(files);
    }

    static Path path(String name) {
        return Members.DIRECTORY.resolve(name);
    }

    private static byte[] read(Disk disk, Path path) throws IOException {
        try (var file = disk.open(path)) {
            var bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return bytes.array();
        }
    }

    /** A copy of a file's bytes. */
    byte[] bytes(Path path) {
        return Objects.requireNonNull(files.get(path), path.toString()).clone();
    }

    boolean has(Path path) {
        return files.containsKey(path);
    }

    /** The only file in a folder whose name ends so, or the last of several. */
    Path last(String folder, String suffix) {
        return files.keySet().stream()
                .filter(path -> path.startsWith(path(folder)) && path.toString().endsWith(suffix))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    DiskImage without(Path path) {
        var changed = new TreeMap<>(files);
        changed.remove(path);
        return new DiskImage(changed);
    }

    DiskImage with(Path path, UnaryOperator<byte[]> change) {
        var changed = new TreeMap<>(files);
        changed.put(path, change.apply(bytes(path)));
        return new DiskImage(changed);
    }

    public boolean sameAs(DiskImage other) {
        return files.keySet().equals(other.files.keySet())
                && files.keySet().stream().allMatch(path -> Arrays.equals(files.get(path), other.files.get(path)));
    }

    MemoryDisk toDisk() throws IOException {
        var disk = new MemoryDisk();
        disk.createDirectories(path("wal"));
        disk.createDirectories(path("snapshots"));
        for (var file : files.entrySet()) {
            try (var target = disk.create(file.getKey())) {
                target.write(ByteBuffer.wrap(file.getValue()), 0);
            }
        }
        return disk;
    }
}
