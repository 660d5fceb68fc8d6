package io.raftboot.fuzz.targets;

import io.raftboot.fuzz.FuzzRun;
import io.raftboot.fuzz.FuzzTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What Jazzer calls with each input, for the target that {@code raft.fuzz.target} names. It is looked for what leads to code that was not
 * run before, where the mutator knows what came of an input alone.
 */
public final class JazzerTarget {
    private static final FuzzTarget TARGET = DecoderTargets.named(System.getProperty("raft.fuzz.target", "frame"));
    private static final FuzzRun RUN = run();

    private JazzerTarget() {}

    private static FuzzRun run() {
        try {
            return new FuzzRun(TARGET, 1);
        } catch (Exception e) {
            throw new IllegalStateException("the target can't be made ready", e);
        }
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        RUN.execute(TARGET.repair(input.clone()));
    }

    /**
     * Writes the well-formed inputs of a target into a directory, for Jazzer to begin with.
     *
     * @param args name of the target, and the directory
     */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createDirectories(Path.of(args[1]));
        List<byte[]> seeds = DecoderTargets.named(args[0]).seeds();
        for (int i = 0; i < seeds.size(); i++) {
            write(directory.resolve("seed-" + i), seeds.get(i));
        }
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes);
    }
}
