package io.raftboot.benchmarks.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class RecoveryCommandTests {
    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void printsBothTimesAndLeavesNothingBehind(@TempDir Path directory) {
        int code = run(directory, "--entries", "2500", "--value-size", "3", "--batch", "1000", "--rounds", "2");

        assertThat(errors.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString())
                .containsPattern(
                        "\\| 2500 \\| 3 \\| \\d{6,} \\| \\d+ \\| \\d+ \\(\\d+-\\d+\\) \\| \\d+ \\(\\d+-\\d+\\) \\|");
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"--entries,0", "--value-size,-1", "--batch,0", "--rounds,0", "--entries,2000000000"})
    void refusesWhatCanNotBeMeant(String option, String value, @TempDir Path directory) {
        int code = run(directory, option, value);

        assertThat(code).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(errors.toString()).contains(option + " must lie between", "and is " + value);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void refusesAFileInPlaceOfTheDirectory(@TempDir Path directory) throws Exception {
        var file = Files.createFile(directory.resolve("file"));

        assertThat(run(file)).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(errors.toString()).contains("--dir must name a directory").contains(file.toString());
    }

    private int run(Path directory, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--dir", directory.toString()));
        all.addAll(List.of(arguments));
        return new CommandLine(new RecoveryCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(errors, true))
                .execute(all.toArray(String[]::new));
    }
}
