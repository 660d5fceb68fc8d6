package io.raftboot.benchmarks.log;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Refuses arguments that can't be meant, before anything is done; the command then ends with 2 and says why. */
final class Bounds {
    private final CommandSpec spec;

    Bounds(@Nullable CommandSpec spec) {
        if (spec == null) {
            throw new IllegalStateException("not called by picocli");
        }
        this.spec = spec;
    }

    Bounds check(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(), option + " must lie between " + least + " and " + most + ", and is " + value);
        }
        return this;
    }

    Bounds checkDirectory(String option, Path path) {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new ParameterException(
                    spec.commandLine(), option + " must name a directory, and " + path + " is none");
        }
        return this;
    }
}
