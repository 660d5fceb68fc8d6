package io.raftboot.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The children of one run and the directory they write to: however the run ends, short of a SIGKILL, none of them is
 * left. Closed by the run, or by the JVM's shutdown if that comes first.
 */
final class ProcessGroup implements AutoCloseable {
    private static final long EXIT_TIMEOUT_SECONDS = 10;
    private static final Path MEMORY = Path.of("/dev/shm");

    private final Path directory;
    private final Path scratchDirectory;
    private final List<Process> processes = new ArrayList<>();
    private final Thread hook = new Thread(this::destroy, "end-children");
    private boolean closed;

    /** @param directory made here, and deleted in the end */
    ProcessGroup(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.scratchDirectory = Files.isWritable(MEMORY)
                ? Files.createTempDirectory(MEMORY, "benchmark")
                : Files.createDirectory(directory.resolve("scratch"));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    Path directory() {
        return directory;
    }

    /** For what is shared between threads and processes and lost with the machine: in memory, where there is such a place. */
    Path scratchDirectory() {
        return scratchDirectory;
    }

    /** @param output where what the child prints goes; null if this process reads it */
    synchronized Process start(List<String> command, Path errors, @Nullable Path output) throws IOException {
        if (closed) {
            throw new IOException("the run is ending");
        }
        var builder = new ProcessBuilder(command).redirectError(errors.toFile());
        if (output != null) {
            builder.redirectOutput(output.toFile());
        }
        var process = builder.start();
        processes.add(process);
        return process;
    }

    /** Kills all of them and waits until they have gone. What they wrote stays, and others may be started on it. */
    synchronized void endAll() {
        processes.forEach(Process::destroyForcibly);
        for (Process process : processes) {
            awaitExit(process);
        }
        processes.clear();
    }

    @Override
    public void close() {
        destroy();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The shutdown has begun: the hook is what it runs, and finds nothing left to do.
            closed = true;
        }
    }

    private synchronized void destroy() {
        closed = true;
        endAll();
        delete(scratchDirectory);
        delete(directory);
    }

    private static void awaitExit(Process process) {
        try {
            process.waitFor(EXIT_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            // Killed they are; only the wait for it is given up.
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not delete " + directory, e);
        }
    }
}
