package io.raftboot.benchmarks;

import io.raftboot.benchmarks.Comparison.Subject;
import io.raftboot.benchmarks.Contender.Ability;
import io.raftboot.benchmarks.RunningCluster.Watch;
import io.raftboot.benchmarks.load.ControlLoop;
import io.raftboot.benchmarks.results.Cell;
import io.raftboot.benchmarks.results.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What clusters do at given levels of load. */
@Command(
        name = "cluster",
        description = "Committed writes per second and their latency, processes on loopback, every write forced.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true)
final class ClusterCommand implements Callable<Integer> {
    private static final int SNAPSHOT_ENTRIES = 100_000;

    /** What --through may say. */
    enum Through {
        LEADER,
        FOLLOWER
    }

    @Option(
            names = "--in-flight",
            split = ",",
            defaultValue = "1,64,256",
            paramLabel = "N",
            description = "Writes kept in flight, one measurement each (${DEFAULT-VALUE}).")
    private List<Integer> inFlight = new ArrayList<>();

    @Option(
            names = "--seconds",
            defaultValue = "10",
            paramLabel = "N",
            description = "Length of a measurement (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warmup",
            defaultValue = "5",
            paramLabel = "N",
            description = "Seconds of load before each, and once more, with the most in flight, when a cluster is new"
                    + " (${DEFAULT-VALUE}).")
    private int warmUpSeconds;

    @Option(
            names = "--through",
            split = ",",
            defaultValue = "LEADER",
            paramLabel = "MEMBER",
            description =
                    "Where writes begin (${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE}). Systems that do not forward are"
                            + " left out of the latter.")
    private List<Through> through = new ArrayList<>();

    @Option(
            names = "--reads",
            description = "Measure linearizable reads beside the writes, at the leader, where a system has them.")
    private boolean reads;

    @Option(
            names = "--first-seconds",
            defaultValue = "0",
            paramLabel = "N",
            description = "Measure in place of all that what a new cluster does in its first seconds with a leader,"
                    + " without any warm-up, a cluster each level.")
    private int firstSeconds;

    @Option(names = "--threads", description = "Print where the time of the process that puts the load went.")
    private boolean threads;

    @Option(
            names = "--profile",
            paramLabel = "DIR",
            description = "Record each measurement with the flight recorder, in the process that puts the load.")
    private @Nullable Path profiles;

    @Mixin
    private ComparisonOptions options = new ComparisonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var comparison = new Comparison(options, SNAPSHOT_ENTRIES, spec);
        if (firstSeconds > 0) {
            comparison.run(inFlight.stream()
                    .map(level -> new FirstSeconds(comparison, level))
                    .toList());
        } else {
            comparison.run(List.of(new Levels(comparison)));
        }
        return 0;
    }

    private static String command(Kind kind) {
        return kind == Kind.READS ? ControlLoop.START_READS : ControlLoop.START;
    }

    /** One cluster, warm, at one level after the other. */
    private final class Levels implements Comparison.Trial {
        private final Comparison comparison;

        Levels(Comparison comparison) {
            this.comparison = comparison;
        }

        @Override
        public List<Cell> cells(Subject subject) {
            return kinds(subject).stream()
                    .flatMap(kind -> inFlight.stream().map(level -> subject.cell(kind, level, seconds)))
                    .toList();
        }

        private List<Kind> kinds(Subject subject) {
            List<Kind> kinds = new ArrayList<>();
            if (through.contains(Through.LEADER)) {
                kinds.add(Kind.WRITES);
            }
            boolean hasFollower = subject.setup().members().size() > 1;
            if (through.contains(Through.FOLLOWER) && hasFollower && can(subject, Ability.FORWARD)) {
                kinds.add(Kind.FOLLOWER_WRITES);
            }
            if (reads && can(subject, Ability.READ)) {
                kinds.add(Kind.READS);
            }
            return kinds;
        }

        private void sayWhatIsLeftOut(Subject subject) {
            if (through.contains(Through.FOLLOWER) && !can(subject, Ability.FORWARD)) {
                comparison.line(subject.contender().name() + " takes no writes at a follower");
            }
            if (reads && !can(subject, Ability.READ)) {
                comparison.line(subject.contender().name() + " has no linearizable reads to measure");
            }
        }

        private boolean can(Subject subject, Ability ability) {
            return subject.contender().can(ability);
        }

        @Override
        public void run(Subject subject, ProcessGroup group) throws IOException, InterruptedException {
            sayWhatIsLeftOut(subject);
            var cluster = subject.contender().start(group, subject.setup());
            for (var kind : kinds(subject)) {
                var loaded = kind == Kind.FOLLOWER_WRITES
                        ? cluster.through(cluster.others().get(0))
                        : cluster;
                var missing = inFlight.stream()
                        .filter(level -> !comparison.contains(subject.cell(kind, level, seconds)))
                        .toList();
                if (!missing.isEmpty()) {
                    loaded.warmUp(command(kind), Collections.max(inFlight), Duration.ofSeconds(warmUpSeconds));
                }
                for (int level : missing) {
                    var warmUp = Duration.ofSeconds(warmUpSeconds);
                    var profile = profile(comparison.name(subject) + "-" + kind, level);
                    var watch = new Watch(command(kind), level, warmUp, Duration.ofSeconds(seconds), profile);
                    add(comparison, subject.cell(kind, level, seconds), loaded.measure(watch));
                }
            }
        }
    }

    /** A new cluster and a level, from the moment on when it leads. */
    private final class FirstSeconds implements Comparison.Trial {
        private final Comparison comparison;
        private final int level;

        FirstSeconds(Comparison comparison, int level) {
            this.comparison = comparison;
            this.level = level;
        }

        @Override
        public List<Cell> cells(Subject subject) {
            return List.of(subject.cell(Kind.FIRST_WRITES, level, firstSeconds));
        }

        @Override
        public void run(Subject subject, ProcessGroup group) throws IOException, InterruptedException {
            var cluster = subject.contender().start(group, subject.setup());
            var profile = profile(comparison.name(subject) + "-" + Kind.FIRST_WRITES, level);
            var watch = new Watch(ControlLoop.START, level, Duration.ZERO, Duration.ofSeconds(firstSeconds), profile);
            add(comparison, cells(subject).get(0), cluster.measure(watch));
        }
    }

    private void add(Comparison comparison, Cell cell, LevelResult result) throws IOException {
        comparison.add(cell, result.figures());
        comparison.line("  processor time us/op: " + result.cpuPerWrite());
        if (result.measured().failures() > 0) {
            comparison.line("  the last failure: " + result.measured().lastFailure());
        }
        if (threads) {
            comparison.line(result.threads());
        }
    }

    private @Nullable Path profile(String name, int level) throws IOException {
        return profiles == null
                ? null
                : Files.createDirectories(profiles).toAbsolutePath().resolve(name + "-" + level + ".jfr");
    }
}
