package io.raftboot.benchmarks;

import io.raftboot.benchmarks.measure.DiskProbe;
import io.raftboot.benchmarks.measure.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Rounds of all systems in turn, each with a new cluster on an empty directory, so that nothing of one is running,
 * cached or being written back while the other is measured.
 */
@Command(
        name = "cluster",
        description = "Committed writes per second and their latency, three processes on loopback, every write forced.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true)
final class ClusterCommand implements Callable<Integer> {
    /** What --meters may say. */
    enum Meters {
        OFF,
        ON,
        BOTH
    }

    /** What --peer may name. */
    enum Peer {
        ETCD
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

    @Option(names = "--rounds", defaultValue = "1", paramLabel = "N", description = "How often (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--peer",
            paramLabel = "SYSTEM",
            description = "Another system to measure in turn with ours: ${COMPLETION-CANDIDATES}.")
    private @Nullable Peer peer;

    @Option(
            names = "--meters",
            defaultValue = "OFF",
            paramLabel = "WHEN",
            description =
                    "Whether our members are measured as the actuator's registry has it, or in turn with and without"
                            + " (${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE}).")
    private Meters meters = Meters.OFF;

    @Option(names = "--peer-only", description = "Leave ours out.")
    private boolean peerOnly;

    @Option(names = "--etcd", defaultValue = "etcd", description = "Its program (${DEFAULT-VALUE}).")
    private String etcd = "";

    @Option(
            names = "--etcd-connections",
            defaultValue = "1",
            paramLabel = "N",
            description = "Connections that the load on etcd is spread over (${DEFAULT-VALUE}).")
    private int etcdConnections;

    @Option(
            names = "--dir",
            description = "Where the clusters' directories are made, and deleted again (the temporary directory).")
    private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--java-options",
            split = " ",
            defaultValue = "-Xms512m -Xmx512m",
            description = "For the members, and for the process that puts the load on a peer (${DEFAULT-VALUE}).")
    private List<String> javaOptions = new ArrayList<>();

    @Option(names = "--threads", description = "Print where the time of the process that puts the load went.")
    private boolean threads;

    @Option(
            names = "--profile",
            paramLabel = "DIR",
            description = "Record each measurement with the flight recorder, in the process that puts the load.")
    private @Nullable Path profiles;

    @Mixin
    private LoadOptions load = new LoadOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var report = new Report(commandSpec().commandLine().getOut());
        Files.createDirectories(directory);
        var contenders = contenders();
        report.line("%s", Machine.describe(directory));
        report.line("%s; %d s each after %d s of warm-up", load, seconds, warmUpSeconds);
        for (int round = 1; round <= rounds; round++) {
            for (var contender : contenders) {
                report.line("%s", DiskProbe.probe(directory));
                run(round, contender, report);
            }
        }
        report.summary();
        return 0;
    }

    private List<Contender> contenders() {
        List<Contender> contenders = new ArrayList<>();
        if (!peerOnly) {
            if (meters != Meters.ON) {
                contenders.add(new RaftContender(javaOptions, load, false));
            }
            if (meters != Meters.OFF) {
                contenders.add(new RaftContender(javaOptions, load, true));
            }
        }
        if (peer == Peer.ETCD) {
            contenders.add(new EtcdContender(etcd, etcdConnections, javaOptions, load));
        }
        return contenders;
    }

    private void run(int round, Contender contender, Report report) throws IOException, InterruptedException {
        var name = contender.name().replace(' ', '-') + "-" + round + "-"
                + ProcessHandle.current().pid();
        try (var group = new ProcessGroup(directory.resolve("benchmark-" + name))) {
            var cluster = contender.start(group);
            var warmUp = Duration.ofSeconds(warmUpSeconds);
            int most = inFlight.stream().mapToInt(Integer::intValue).max().orElseThrow();
            cluster.warmUp(most, warmUp);
            for (int level : inFlight) {
                var result = cluster.measure(level, warmUp, Duration.ofSeconds(seconds), profile(name, level));
                report.add(round, contender.name(), result, threads);
            }
        }
    }

    private @Nullable Path profile(String name, int level) throws IOException {
        return profiles == null
                ? null
                : Files.createDirectories(profiles).toAbsolutePath().resolve(name + "-" + level + ".jfr");
    }

    private CommandSpec commandSpec() {
        if (spec == null) {
            throw new IllegalStateException("not called by picocli");
        }
        return spec;
    }
}
