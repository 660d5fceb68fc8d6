package io.raftboot.chaos;

import io.raftboot.chaos.Plan.Action;
import io.raftboot.chaos.Plan.Track;
import io.raftboot.linearizability.Findings;
import io.raftboot.linearizability.History;
import io.raftboot.linearizability.Linearizability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run: members are started, clients work while several tracks of faults go on, then all is healed, and what was seen is checked.
 * Whatever happens, no process and no namespace is left behind.
 */
final class Campaign {
    private static final Logger log = LoggerFactory.getLogger(Campaign.class);

    private static final int CLIENTS = 8;
    private static final int TURNS = 4;
    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long PROGRESS_MILLIS = 60_000;
    private static final long LOOK_MILLIS = 500;

    private final Settings settings;
    private final long begin = System.nanoTime();
    private final Run run = new Run();
    private final Tally tally = new Tally();
    private final History history = new History(System::nanoTime);
    private final Keys keys = new Keys();
    private final FaultLog faults = new FaultLog(System::nanoTime);
    private final SplittableRandom random;

    private Campaign(Settings settings) {
        this.settings = settings;
        random = new SplittableRandom(settings.seed());
    }

    /**
     * Runs it to the end.
     *
     * @throws IllegalStateException if faults can't be made here, and nobody said to go without them
     */
    static Report run(Settings settings) {
        var missing = Abilities.missing(settings.without().needs());
        if (!missing.isEmpty()) {
            throw new IllegalStateException(String.join("; ", missing));
        }
        log.info("{}: {}", settings.name(), settings.text());
        return new Campaign(settings).run();
    }

    private Report run() {
        newDirectory(settings.dir());
        var ground = new Ground(settings);
        var cluster = new Cluster(ground, settings, run::problem);
        var hook = new Thread(() -> clear(cluster, ground), "clear");
        Runtime.getRuntime().addShutdownHook(hook);
        Findings findings;
        try {
            cluster.startAll();
            findings = go(ground, cluster);
        } finally {
            run.end();
            clear(cluster, ground);
            Runtime.getRuntime().removeShutdownHook(hook);
        }
        ground.left().forEach(left -> run.problem(left + " is left"));
        cluster.alive().forEach(left -> run.problem("the process of " + left + " is left"));
        var report = new Report(
                settings,
                (System.nanoTime() - begin) / 1_000_000_000,
                faults,
                tally.counts(),
                findings,
                List.copyOf(run.problems()));
        write("report.txt", report.lines());
        write("faults.txt", faults.lines());
        return report;
    }

    private static void clear(Cluster cluster, Ground ground) {
        cluster.close();
        ground.close();
    }

    private Findings go(Ground ground, Cluster cluster) {
        var shared = new Client.Shared(cluster, history, keys, faults, run, tally, settings.hasLeases());
        var clients = new ArrayList<Thread>();
        for (int number = 1; number <= CLIENTS; number++) {
            clients.add(started("client" + number, new Client(number, shared, random.split())));
        }
        var memberFaults = new MemberFaults(cluster, faults, run, tally, settings.voters());
        var tracks = List.of(
                track(Track.KILLS, new ProcessFaults(cluster, ground, faults, run)::make),
                track(Track.PAUSES, new ProcessFaults(cluster, ground, faults, run)::make),
                track(Track.NETWORK, new NetworkFaults(cluster, ground, faults, run)::make),
                track(Track.MEMBERS, memberFaults::make));
        faults.watch();
        long end = System.nanoTime() + settings.duration().toNanos();
        for (long left = settings.duration().toMillis(); left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            run.pause(Math.min(left, PROGRESS_MILLIS));
            log.info(
                    "{}: {} operations, {}",
                    settings.name(),
                    history.operations().size(),
                    faults.counts());
        }
        faults.endWatch();
        run.end();
        tracks.forEach(Campaign::join);
        clients.forEach(Campaign::join);
        heal(ground, cluster);
        run.problems().addAll(new Settling(cluster, settings.voters(), memberFaults).troubles());
        readAll(shared);
        write("history.txt", history.operations().stream().map(Object::toString).toList());
        var findings = Linearizability.check(history.operations());
        findings.lines().stream().skip(1).forEach(run::problem);
        return findings;
    }

    private Thread track(Track track, Consumer<Action> faultsOfTrack) {
        var plan = new Plan(settings.seed(), track, settings::makes);
        return started("track-" + track, () -> {
            while (!run.isOver() && !plan.isEmpty()) {
                boolean rests = run.isTruce() && track != Track.MEMBERS;
                if (isTurnOf(track) && !rests) {
                    var action = plan.next();
                    faultsOfTrack.accept(action);
                    run.pause(action.rest());
                } else {
                    run.pause(LOOK_MILLIS);
                }
            }
        });
    }

    /** All meet most of the time; in between each is alone, so that it shows what it does by itself. */
    private boolean isTurnOf(Track track) {
        int turn = (int) ((System.nanoTime() - begin) / TURN_NANOS);
        var tracks = Track.values();
        return turn % TURNS != TURNS - 1 || tracks[turn / TURNS % tracks.length] == track;
    }

    private Thread started(String name, Runnable task) {
        var thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        log.error("{} has ended", name, e);
                        run.problem(name + " has ended with " + e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void heal(Ground ground, Cluster cluster) {
        if (settings.hasNamespaces()) {
            ground.network().heal();
        }
        ground.healProxy();
        for (int place = 1; settings.hasFaketime() && place <= ground.places(); place++) {
            ground.setClock(place, 0);
        }
        cluster.startAll();
    }

    /** What was written last is seen by those that come last. */
    private void readAll(Client.Shared shared) {
        var reader = new Client(CLIENTS + 1, shared, random.split());
        keys.all().forEach(key -> reader.read(key, "LINEARIZABLE"));
    }

    private void write(String name, List<String> lines) {
        try {
            Files.write(settings.dir().resolve(name), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes it, empty. */
    static void newDirectory(Path dir) {
        try {
            if (Files.exists(dir)) {
                try (Stream<Path> found = Files.walk(dir)) {
                    for (Path file : found.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
            Files.createDirectories(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Arguments: number of members, clocks. Settings are properties, as in a build. */
    public static void main(String[] arguments) {
        var report = run(Settings.ofProperties(
                Integer.parseInt(arguments[0]), Settings.Clocks.valueOf(arguments[1].toUpperCase(Locale.ROOT))));
        report.lines().forEach(System.out::println);
        System.exit(report.problems().isEmpty() ? 0 : 1);
    }
}
