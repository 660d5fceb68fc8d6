package io.raftboot.benchmarks;

import io.raftboot.benchmarks.load.LoadOptions;
import io.raftboot.benchmarks.load.Profile;
import io.raftboot.benchmarks.measure.DiskProbe;
import io.raftboot.benchmarks.measure.Machine;
import io.raftboot.benchmarks.measure.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The same puts into a state machine that takes bytes and into an annotated bean, in turn. Both have a cluster of their
 * own, started once, of which one has nothing to do while the other is measured: what a snapshot costs belongs to the
 * model as well.
 */
@Command(
        name = "programming-model",
        description =
                "What an annotated bean costs over a state machine that takes bytes: three members in this process,"
                        + " over loopback, every write forced.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true)
final class ProgrammingModelCommand implements Callable<Integer> {
    private static final int MAX_IN_FLIGHT = 4096;
    private static final int MAX_ATTEMPTS = 5;

    @Option(
            names = "--in-flight",
            split = ",",
            defaultValue = "1,64,256",
            paramLabel = "N",
            description = "Writes kept in flight, one measurement each (${DEFAULT-VALUE}).")
    private List<Integer> inFlight = new ArrayList<>();

    @Option(
            names = "--seconds",
            defaultValue = "5",
            paramLabel = "N",
            description = "Length of a measurement (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warmup",
            defaultValue = "5",
            paramLabel = "N",
            description = "Seconds of load before each measurement (${DEFAULT-VALUE}).")
    private int warmUpSeconds;

    @Option(
            names = "--first-warmup",
            defaultValue = "20",
            paramLabel = "N",
            description = "Seconds of load on each at the start, with the most in flight: what is compiled later is"
                    + " measured, and the annotated bean has more of it (${DEFAULT-VALUE}).")
    private int firstWarmUpSeconds;

    @Option(names = "--rounds", defaultValue = "3", paramLabel = "N", description = "How often (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--value-kind",
            defaultValue = "text",
            paramLabel = "KIND",
            description =
                    "What the annotated bean takes a value as, ${COMPLETION-CANDIDATES}; in JSON bytes are a third"
                            + " longer (${DEFAULT-VALUE}).")
    private ModelCall.ValueKind valueKind = ModelCall.ValueKind.TEXT;

    @Option(
            names = "--dir",
            description = "Where the members' directories are made, and deleted again (the temporary directory).")
    private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(names = "--threads", description = "Print where the time went, thread by thread.")
    private boolean threads;

    @Option(names = "--profile", paramLabel = "DIR", description = "Record each measurement with the flight recorder.")
    private @Nullable Path profiles;

    @Mixin
    private LoadOptions load = new LoadOptions();

    @Spec
    private @Nullable CommandSpec spec;

    private record Contestant(ModelCall call, ModelCluster cluster) {}

    @Override
    public Integer call() throws Exception {
        check();
        Files.createDirectories(directory);
        var report = new Report(commandSpec().commandLine().getOut());
        report.line("%s", Machine.describe(directory));
        report.line("%s", DiskProbe.probe(directory));
        report.line(
                "%s, as %s; %d s each after %d s of warm-up, and %d s at the start",
                load, valueKind, seconds, warmUpSeconds, firstWarmUpSeconds);
        try (var bytes = cluster(KeyValueMachine.class);
                var annotated = cluster(AnnotatedKeyValue.class)) {
            measure(
                    Stream.of(ModelCall.values())
                            .map(call -> new Contestant(call, call.annotated() ? annotated : bytes))
                            .collect(Collectors.toCollection(ArrayList::new)),
                    report);
        }
        report.table();
        report.ratio(ModelCall.ANNOTATED_FUTURE.title(), ModelCall.BYTES_FUTURE.title());
        report.ratio(ModelCall.ANNOTATED_WAITING.title(), ModelCall.BYTES_WAITING.title());
        return 0;
    }

    private void check() {
        require(!inFlight.isEmpty(), "--in-flight must name at least one number");
        for (int level : inFlight) {
            require(
                    level >= 1 && level <= MAX_IN_FLIGHT,
                    "--in-flight must be from 1 to " + MAX_IN_FLIGHT + ", not " + level);
        }
        require(seconds >= 1, "--seconds must be at least 1, not " + seconds);
        require(warmUpSeconds >= 0, "--warmup must not be negative, not " + warmUpSeconds);
        require(firstWarmUpSeconds >= 0, "--first-warmup must not be negative, not " + firstWarmUpSeconds);
        require(rounds >= 1, "--rounds must be at least 1, not " + rounds);
        load.trouble().ifPresent(trouble -> require(false, trouble));
        require(!Files.exists(directory) || Files.isDirectory(directory), "--dir is no directory: " + directory);
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new ParameterException(commandSpec().commandLine(), otherwise);
        }
    }

    private ModelCluster cluster(Class<?> machine) throws IOException {
        return ModelCluster.start(Files.createTempDirectory(directory, "programming-model"), machine);
    }

    private void measure(List<Contestant> contestants, Report report) throws Exception {
        int most = Collections.max(inFlight);
        for (var contestant : contestants) {
            var generator = load.load()
                    .generator(contestant.call().target(contestant.cluster().leader(), valueKind));
            generator.start(most);
            TimeUnit.SECONDS.sleep(firstWarmUpSeconds);
            generator.stop();
        }
        for (int round = 1; round <= rounds; round++) {
            for (int level : inFlight) {
                for (var contestant : contestants) {
                    report.add(round, contestant.call().title(), measure(contestant, level, round), threads);
                }
            }
            // Who comes first finds the machine otherwise than who comes last.
            Collections.reverse(contestants);
        }
    }

    private LevelResult measure(Contestant contestant, int level, int round) throws Exception {
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            var leader = contestant.cluster().leader();
            var result = measure(leader, contestant.call(), level, round);
            // Calls to a member that does not lead any more go through another: that is something else.
            if (contestant.cluster().leader() == leader) {
                return result;
            }
        }
        throw new IllegalStateException("the leader changed during " + MAX_ATTEMPTS
                + " measurements one after the other: this machine has too much else to do");
    }

    private LevelResult measure(ApplicationContext leader, ModelCall call, int level, int round) throws Exception {
        var generator = load.load().generator(call.target(leader, valueKind));
        generator.start(level);
        TimeUnit.SECONDS.sleep(warmUpSeconds);
        var process = new RunningCluster.Part("all members", ProcessHandle.current());
        var before = process.use();
        Callable<Measurement> watch = () -> generator.measure(Duration.ofSeconds(seconds));
        var profile = profile(call, level, round);
        var measurement = profile == null ? watch.call() : Profile.during(profile, watch);
        var used = process.use().since(before);
        generator.stop();
        return new LevelResult(level, measurement, Map.of(process, used), null);
    }

    private @Nullable Path profile(ModelCall call, int level, int round) throws IOException {
        var name = call.title().replace(", ", "-") + "-" + level + "-" + round + ".jfr";
        return profiles == null
                ? null
                : Files.createDirectories(profiles).toAbsolutePath().resolve(name);
    }

    private CommandSpec commandSpec() {
        if (spec == null) {
            throw new IllegalStateException("not called by picocli");
        }
        return spec;
    }
}
