package io.raftboot.tool;

import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.disk.CorruptionException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The tool's entrance. Exit codes: 0 done, and what was looked at is whole; 1 damaged, refused or failed, with one line on the
 * error output that names file and offset where there are any; 2 called wrongly.
 */
@Command(
        name = "raft-tools",
        mixinStandardHelpOptions = true,
        description = "Looks after the data directory of a raft member that is not running.",
        subcommands = {LogCommand.class, SnapshotCommand.class, RestoreCommand.class, RecoverCommand.class})
public final class RaftTools {
    private RaftTools() {}

    public static void main(String[] arguments) {
        // There is no logging behind the facade here, and no need to say so.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.exit(run(writer(System.out), writer(System.err), arguments));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, Charset.defaultCharset());
    }

    /** As {@link #main}, within a process; returns the exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return new CommandLine(new RaftTools())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((failure, line, parsed) -> explain(failure, line.getErr()))
                .execute(arguments);
    }

    private static int explain(Exception failure, PrintWriter err) {
        Throwable cause = failure instanceof UncheckedIOException unchecked ? unchecked.getCause() : failure;
        if (cause instanceof CorruptionException) {
            err.println("DAMAGED " + message(cause));
        } else if (cause instanceof NoSuchFileException missing) {
            String reason = missing.getReason();
            err.println("FAILED " + missing.getFile() + ": " + (reason == null ? "there is no such file" : reason));
        } else if (cause instanceof StorageOpenException || cause instanceof IOException) {
            err.println("FAILED " + message(cause));
        } else {
            err.println("FAILED " + cause);
            failure.printStackTrace(err);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String message(Throwable cause) {
        @Nullable String message = cause.getMessage();
        return message == null ? cause.toString() : message;
    }
}
