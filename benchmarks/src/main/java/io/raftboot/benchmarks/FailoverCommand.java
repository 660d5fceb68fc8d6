package io.raftboot.benchmarks;

import io.raftboot.benchmarks.Comparison.Subject;
import io.raftboot.benchmarks.Contender.Ability;
import io.raftboot.benchmarks.load.ControlLoop;
import io.raftboot.benchmarks.results.Cell;
import io.raftboot.benchmarks.results.Figure;
import io.raftboot.benchmarks.results.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How long nothing is acknowledged when the leader goes. The leader is under load; each survivor begins a write every few
 * milliseconds, whatever becomes of those before. Told is the time from the signal to the end of the first acknowledged
 * write of those that were begun after it, by whichever survivor.
 */
@Command(
        name = "failover",
        description = "From a signal to the leader (SIGKILL, SIGSTOP) to the first write that a survivor gets through.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true)
final class FailoverCommand implements Callable<Integer> {
    private static final int SNAPSHOT_ENTRIES = 100_000;
    private static final double NANOS_PER_MILLISECOND = 1e6;

    /** What --signal may say. */
    enum Signal {
        KILL(Kind.LEADER_KILLED),
        STOP(Kind.LEADER_STOPPED);

        private final Kind kind;

        Signal(Kind kind) {
            this.kind = kind;
        }
    }

    @Option(
            names = "--in-flight",
            defaultValue = "64",
            paramLabel = "N",
            description = "Writes kept in flight at the leader (${DEFAULT-VALUE}).")
    private int inFlight;

    @Option(
            names = "--signal",
            split = ",",
            defaultValue = "KILL,STOP",
            paramLabel = "SIGNAL",
            description = "What the leader gets, a cluster each (${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE}).")
    private List<Signal> signals = new ArrayList<>();

    @Option(
            names = "--warmup",
            defaultValue = "5",
            paramLabel = "N",
            description = "Seconds of load before (${DEFAULT-VALUE}).")
    private int warmUpSeconds;

    @Option(
            names = "--patience",
            defaultValue = "90",
            paramLabel = "N",
            description = "Seconds after which none is waited for any more (${DEFAULT-VALUE}).")
    private int patienceSeconds;

    @Mixin
    private ComparisonOptions options = new ComparisonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var comparison = new Comparison(options, SNAPSHOT_ENTRIES, spec);
        comparison.run(signals.stream()
                .map(signal -> new LeaderLoss(comparison, signal))
                .toList());
        return 0;
    }

    private final class LeaderLoss implements Comparison.Trial {
        private final Comparison comparison;
        private final Signal signal;

        LeaderLoss(Comparison comparison, Signal signal) {
            this.comparison = comparison;
            this.signal = signal;
        }

        @Override
        public List<Cell> cells(Subject subject) {
            // Of a system whose load comes from outside no one knows which process leads; and two must survive.
            boolean possible = subject.contender().can(Ability.LOAD_INSIDE)
                    && subject.setup().members().size() >= 3;
            return possible ? List.of(subject.cell(signal.kind, inFlight, 0)) : List.of();
        }

        @Override
        public void run(Subject subject, ProcessGroup group) throws IOException, InterruptedException {
            var cluster = subject.contender().start(group, subject.setup());
            var survivors = Probes.start(cluster.others());
            cluster.driver().startLoad(ControlLoop.START, inFlight);
            TimeUnit.SECONDS.sleep(warmUpSeconds);
            if (!cluster.driver().leads()) {
                throw new IOException("the leader changed before it got the signal");
            }
            send(signal, cluster.driver().handle().pid());
            // Not before: what a survivor forwards while the signal is on its way, the old leader acknowledges yet.
            long signalled = System.nanoTime();
            long acknowledged = survivors.awaitFirst(signalled, Duration.ofSeconds(patienceSeconds));
            double millis = (acknowledged - signalled) / NANOS_PER_MILLISECOND;
            comparison.add(cells(subject).get(0), Map.of(Figure.MILLIS, millis));
        }
    }

    private static void send(Signal signal, long pid) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + signal.name(), "" + pid)
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill -" + signal + " " + pid + " ended with " + status);
        }
    }
}
