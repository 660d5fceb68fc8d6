package io.raftboot.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * An empty directory under {@code target} with file systems and processes in it. When it is closed, whatever happened before, the
 * processes have ended, nothing is mounted, and no loop device is taken (each goes with its mount).
 */
final class FaultDirectory implements AutoCloseable {
    private static final Path BASE = Path.of("target", "faults").toAbsolutePath();

    private final Path path;
    private final Deque<MemberProcess> processes = new ArrayDeque<>();

    FaultDirectory(String name) {
        path = BASE.resolve(name);
        // A run that was killed leaves them.
        unmountAll();
        deleteAll();
        createDirectory(path);
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

    /** A new ext4 file system in a file, mounted. */
    Path newExt4(String name, int sizeMib) {
        var image = image(name);
        Shell.run("truncate", "-s", sizeMib + "M", image);
        // Nothing kept for root, which the tests are; all of it initialised now, not by the kernel later.
        Shell.run(
                "mkfs.ext4",
                "-q",
                "-F",
                "-b",
                "4096",
                "-m",
                "0",
                "-E",
                "lazy_itable_init=0,lazy_journal_init=0",
                image);
        return mount(name);
    }

    /** A new file system in memory, mounted. */
    Path newTmpfs(String name, int sizeMib) {
        var directory = createDirectory(path.resolve(name));
        Shell.run("mount", "-t", "tmpfs", "-o", "size=" + sizeMib + "m", "tmpfs", directory);
        return directory;
    }

    /** What the device of a file system holds now, page cache not included, as a file system of another name; not mounted. */
    void copyImage(String from, String to) {
        Shell.run("cp", "--sparse=auto", image(from), image(to));
    }

    /** Mounts an image, which replays its journal. */
    Path mount(String name) {
        var directory = createDirectory(path.resolve(name));
        Shell.run("mount", "-o", "loop", image(name), directory);
        return directory;
    }

    void unmount(String name) {
        Shell.run("umount", path.resolve(name));
    }

    void deleteImage(String name) {
        delete(image(name));
    }

    MemberProcess start(MemberProcess.Settings settings) {
        var process = new MemberProcess(this, settings);
        processes.push(process);
        process.awaitStarted();
        return process;
    }

    @Override
    public void close() {
        processes.forEach(MemberProcess::kill);
        unmountAll();
        // The logs stay, the file systems are large.
        try (var files = Files.list(path)) {
            files.filter(file -> file.toString().endsWith(".img")).forEach(FaultDirectory::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path image(String name) {
        return path.resolve(name + ".img");
    }

    private void unmountAll() {
        try {
            var mounted = Files.readAllLines(Path.of("/proc/self/mounts"), StandardCharsets.UTF_8).stream()
                    .map(line -> line.split(" ", -1)[1])
                    .filter(mount -> mount.startsWith(path + "/"))
                    .toList();
            for (var mount : mounted) {
                Shell.run("umount", "--lazy", mount);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void deleteAll() {
        List<Path> files = List.of();
        if (Files.exists(path)) {
            try (Stream<Path> found = Files.walk(path)) {
                files = found.sorted(Comparator.reverseOrder()).toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        files.forEach(FaultDirectory::delete);
    }

    private static Path createDirectory(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
