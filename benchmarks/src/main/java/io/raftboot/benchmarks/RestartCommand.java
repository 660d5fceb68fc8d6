package io.raftboot.benchmarks;

import io.raftboot.benchmarks.Comparison.Subject;
import io.raftboot.benchmarks.RunningCluster.Watch;
import io.raftboot.benchmarks.load.ControlLoop;
import io.raftboot.benchmarks.results.Cell;
import io.raftboot.benchmarks.results.Figure;
import io.raftboot.benchmarks.results.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How long a cluster takes that starts again over a log of so many entries, no snapshot taken: from the start of the first process
 * to the first write that is acknowledged, which is applied after all that the log has. The starts of the JVMs and an
 * election are in it; over a log of no entries it is those alone.
 */
@Command(
        name = "restart",
        description = "From the start of all members over a log to the first acknowledged write.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true)
final class RestartCommand implements Callable<Integer> {
    private static final int FILLING_IN_FLIGHT = 256;
    private static final Duration FILLING_STEP = Duration.ofSeconds(1);
    private static final double NANOS_PER_MILLISECOND = 1e6;
    private static final double MILLIS_PER_SECOND = 1e3;

    @Option(
            names = "--entries",
            split = ",",
            defaultValue = "0,1000000",
            paramLabel = "N",
            description = "Entries of the log, at least, a cluster each (${DEFAULT-VALUE}).")
    private List<Integer> entries = new ArrayList<>();

    @Option(
            names = "--patience",
            defaultValue = "600",
            paramLabel = "N",
            description = "Seconds after which no longer is waited, for the log or for the write (${DEFAULT-VALUE}).")
    private int patienceSeconds;

    @Mixin
    private ComparisonOptions options = new ComparisonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var comparison = new Comparison(options, 0, spec);
        comparison.run(
                entries.stream().map(count -> new Restart(comparison, count)).toList());
        return 0;
    }

    private final class Restart implements Comparison.Trial {
        private final Comparison comparison;
        private final int count;

        Restart(Comparison comparison, int count) {
            this.comparison = comparison;
            this.count = count;
        }

        @Override
        public List<Cell> cells(Subject subject) {
            return List.of(subject.cell(Kind.RESTART, count, 0));
        }

        @Override
        public void run(Subject subject, ProcessGroup group) throws IOException, InterruptedException {
            long written = fill(subject.contender().start(group, subject.setup()), count);
            group.endAll();
            long started = System.nanoTime();
            var cluster = subject.contender().start(group, subject.setup());
            var probes = Probes.start(cluster.members().isEmpty() ? List.of(cluster.driver()) : cluster.members());
            double millis = (probes.awaitFirst(started, patience()) - started) / NANOS_PER_MILLISECOND;
            Map<Figure, Double> figures = new EnumMap<>(Figure.class);
            figures.put(Figure.MILLIS, millis);
            if (written > 0) {
                figures.put(Figure.PER_SECOND, written * MILLIS_PER_SECOND / millis);
            }
            comparison.add(cells(subject).get(0), figures);
        }
    }

    /** Writes until there are so many, and says how many there are. */
    private long fill(RunningCluster cluster, int count) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience().toNanos();
        long written = 0;
        while (written < count) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("only " + written + " entries were written within " + patienceSeconds + " s");
            }
            var watch = new Watch(ControlLoop.START, FILLING_IN_FLIGHT, Duration.ZERO, FILLING_STEP, null);
            written += cluster.measure(watch).measured().count();
        }
        return written;
    }

    private Duration patience() {
        return Duration.ofSeconds(patienceSeconds);
    }
}
