package io.raftboot.benchmarks;

import io.raftboot.benchmarks.Contender.Setup;
import io.raftboot.benchmarks.load.Load;
import io.raftboot.benchmarks.load.MemberAddress;
import io.raftboot.benchmarks.measure.DiskProbe;
import io.raftboot.benchmarks.measure.Machine;
import io.raftboot.benchmarks.results.Cell;
import io.raftboot.benchmarks.results.ComparisonTables;
import io.raftboot.benchmarks.results.Figure;
import io.raftboot.benchmarks.results.Kind;
import io.raftboot.benchmarks.results.Result;
import io.raftboot.benchmarks.results.ResultsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Rounds of all systems in turn, each with a new cluster on an empty directory, so that nothing of one is running,
 * cached or being written back while the other is measured.
 */
final class Comparison {
    private static final String HOST = "127.0.0.1";

    private final ComparisonOptions options;
    private final int snapshotEntries;
    private final PrintWriter out;
    private final List<Contender> contenders;
    private final List<Load> loads;
    private final List<Integer> members;
    private final ResultsFile results;

    /** What is done with a cluster. */
    interface Trial {
        /** What it measures, before it does. */
        List<Cell> cells(Subject subject);

        /**
         * Does so; what is there already may be left out.
         *
         * @param group for the processes of this trial alone
         */
        void run(Subject subject, ProcessGroup group) throws IOException, InterruptedException;
    }

    /**
     * A cluster to be measured in one round.
     *
     * @param setup with ports that were free just now
     */
    record Subject(int round, Contender contender, Setup setup) {
        Cell cell(Kind kind, int level, int seconds) {
            return new Cell(
                    contender.name(),
                    kind,
                    setup.members().size(),
                    setup.load().valueSizeBytes(),
                    level,
                    seconds,
                    round);
        }
    }

    /**
     * Reads what was measured before.
     *
     * @param spec of the command, which says what is wrong with what was given
     * @param snapshotEntries after how many entries members take snapshots; 0 for never
     */
    Comparison(ComparisonOptions options, int snapshotEntries, @Nullable CommandSpec spec) throws IOException {
        if (spec == null) {
            throw new IllegalStateException("not called by picocli");
        }
        this.options = options;
        this.snapshotEntries = snapshotEntries;
        this.out = spec.commandLine().getOut();
        try {
            contenders = options.contenders();
            loads = options.loads();
            members = options.members();
            options.rounds();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        this.results = options.results();
    }

    /** All rounds of all trials, then the tables. */
    void run(List<? extends Trial> trials) throws IOException, InterruptedException {
        Files.createDirectories(options.directory());
        line(Machine.describe(options.directory()));
        for (int round = 1; round <= options.rounds(); round++) {
            for (var trial : trials) {
                run(trial, round);
            }
        }
        ComparisonTables.of(results.all()).forEach(this::line);
    }

    private void run(Trial trial, int round) throws IOException, InterruptedException {
        for (int count : members) {
            for (var load : loads) {
                for (var contender : contenders) {
                    run(trial, new Subject(round, contender, setup(contender, count, load)));
                }
            }
        }
    }

    private void run(Trial trial, Subject subject) throws IOException, InterruptedException {
        if (trial.cells(subject).isEmpty()) {
            line(subject.contender().name() + " can't be measured in this way");
            return;
        }
        if (trial.cells(subject).stream().allMatch(results::contains)) {
            return;
        }
        line(DiskProbe.probe(options.directory()));
        try (var group = new ProcessGroup(options.directory().resolve("benchmark-" + name(subject)))) {
            trial.run(subject, group);
        } catch (IOException e) {
            // The others go on: what failed is missing in the file, and is tried again by the next run.
            line(subject.contender().name() + ", round " + subject.round() + ": FAILED: " + e.getMessage());
        }
    }

    /** Of the cluster's directory, and of what else belongs to it. */
    String name(Subject subject) {
        return subject.contender().name().replace(' ', '-') + "-"
                + subject.setup().members().size() + "-"
                + subject.setup().load().valueSizeBytes() + "-"
                + subject.round() + "-" + ProcessHandle.current().pid();
    }

    boolean contains(Cell cell) {
        return results.contains(cell);
    }

    /** Keeps it, in the file too, and prints it. */
    void add(Cell cell, Map<Figure, Double> figures) throws IOException {
        results.add(new Result(cell, figures));
        line(String.format(
                Locale.ROOT,
                "round %d %s, %s, %d members, %d bytes, %d %s: %s",
                cell.round(),
                cell.system(),
                cell.kind().title(),
                cell.members(),
                cell.valueSizeBytes(),
                cell.level(),
                cell.kind().level(),
                figures.entrySet().stream()
                        .map(figure -> String.format(
                                Locale.ROOT, "%s %.1f", figure.getKey().title(), figure.getValue()))
                        .collect(Collectors.joining(", "))));
    }

    void line(String text) {
        out.println(text);
        out.flush();
    }

    private Setup setup(Contender contender, int count, Load load) throws IOException {
        int each = contender.portsPerMember();
        List<Integer> ports = FreePorts.find(count * each);
        List<MemberAddress> addresses = new ArrayList<>();
        for (int id = 1; id <= count; id++) {
            addresses.add(new MemberAddress(id, HOST, ports.subList((id - 1) * each, id * each)));
        }
        return new Setup(addresses, load, options.javaOptions(), snapshotEntries);
    }
}
