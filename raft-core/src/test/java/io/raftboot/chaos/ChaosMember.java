package io.raftboot.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.api.Consistency;
import io.raftboot.api.MemberRemovedException;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.ReplicaListener;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaStartException;
import io.raftboot.replica.ReplicaStatus;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SessionPolicy;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.transport.PeerDiscovery;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import io.raftboot.transport.tls.PeerNaming;
import io.raftboot.transport.tls.TlsSettingsException;
import io.raftboot.transport.tls.TransportSecurity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A member in a process of its own, as an application would have it. Reads questions, each with a number before it, and writes
 * answers with the same number, in the order in which they come about. Ends when its input does.
 */
final class ChaosMember {
    /** Name of the cluster of a campaign. */
    static final String CLUSTER = "chaos";

    /** What the process ends with when the member has failed. */
    static final int STOPPED_BY_ITSELF = 3;

    /** What it ends with when the member could not be started. */
    static final int NOT_STARTED = 4;

    /** What it ends with when the group has removed the member. */
    static final int REMOVED = 5;

    private static final String NONE = "-";
    private static final long SEGMENT_SIZE_BYTES = 512 * 1024;
    private static final long ENTRIES_BETWEEN_SNAPSHOTS = 1_500;
    private static final long KEPT_ENTRIES = 300;
    /** Twice the default: the members share a machine, and maybe with others. */
    private static final Duration TICK = Duration.ofMillis(100);

    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(3);

    /** Longer than a campaign and the jumps of its clocks, which the agreed time follows. */
    private static final Duration KEPT = Duration.ofHours(12);

    private static final Duration STABLE_AFTER = Duration.ofSeconds(1);
    private static final int MAX_KEYS = 2_000_000;
    private static final long MAX_KEY_BYTES = 96L * 1024 * 1024;

    private final KeyValueMachine machine = new KeyValueMachine();
    private final Replica replica;
    private final MemberChanges changes;
    private final @Nullable Path certificate;
    private final @Nullable TransportSecurity security;
    private final PrintStream answers;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
        var thread = new Thread(task, "answers");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * What differs from campaign to campaign.
     *
     * @param certificate file with what it shows and whom it trusts; null for no TLS
     */
    record Options(boolean leases, @Nullable Path certificate) {}

    /**
     * How it is run.
     *
     * @param cluster its name
     * @param listen where it listens, which is not where the others look for it if there is a proxy in between
     */
    record Settings(String cluster, long id, String listen, List<Peer> peers, boolean join, Path dir, Options options) {
        Settings withCluster(String newCluster) {
            return new Settings(newCluster, id, listen, peers, join, dir, options);
        }

        Settings withListen(String newListen) {
            return new Settings(cluster, id, newListen, peers, join, dir, options);
        }

        Settings withDir(Path newDir) {
            return new Settings(cluster, id, listen, peers, join, newDir, options);
        }

        List<String> arguments() {
            return List.of(
                    cluster,
                    String.valueOf(id),
                    listen,
                    peers.stream().map(Peer::toString).collect(Collectors.joining(",")),
                    String.valueOf(join),
                    dir.toString(),
                    String.valueOf(options.leases()),
                    options.certificate() == null ? NONE : options.certificate().toString());
        }

        static Settings of(String[] arguments) {
            return new Settings(
                    arguments[0],
                    Long.parseLong(arguments[1]),
                    arguments[2],
                    Arrays.stream(arguments[3].split(",", -1))
                            .map(Peer::valueOf)
                            .toList(),
                    Boolean.parseBoolean(arguments[4]),
                    Path.of(arguments[5]),
                    new Options(
                            Boolean.parseBoolean(arguments[6]),
                            arguments[7].equals(NONE) ? null : Path.of(arguments[7])));
        }
    }

    private ChaosMember(Settings settings, PrintStream answers) {
        this.answers = answers;
        var config = ReplicaConfig.builder(settings.dir())
                .clusterName(settings.cluster())
                .nodeId(settings.id())
                .peers(settings.peers())
                .join(settings.join())
                .tickInterval(TICK)
                .commandTimeout(COMMAND_TIMEOUT)
                .walSegmentSizeBytes(SEGMENT_SIZE_BYTES)
                .leaseReads(settings.options().leases())
                .sessions(SessionPolicy.defaults()
                        .withTimeout(KEPT)
                        .withKeyRetention(KEPT)
                        .withMaxKeys(MAX_KEYS)
                        .withMaxKeyBytes(MAX_KEY_BYTES))
                .snapshots(SnapshotPolicy.defaults()
                        .withIntervalEntries(ENTRIES_BETWEEN_SNAPSHOTS)
                        .withKeepEntries(KEPT_ENTRIES))
                .membership(MembershipPolicy.defaults()
                        .withStableAfter(STABLE_AFTER)
                        .withReplaceWiped(true))
                .build();
        certificate = settings.options().certificate();
        security = certificate == null
                ? null
                : new TransportSecurity(
                        TransportSecurity.Mode.REQUIRED,
                        new PeerNaming(settings.cluster(), null, null),
                        settings.id(),
                        List.of(),
                        Certificates.read(certificate));
        int colon = settings.listen().lastIndexOf(':');
        var transport = new NettyTransport(
                settings.listen().substring(0, colon),
                Integer.valueOf(settings.listen().substring(colon + 1)),
                TransportOptions.defaults(),
                PeerDiscovery.NONE,
                security);
        replica = new Replica(config, transport, () -> Map.of(KeyValueMachine.NAME, machine));
        changes = new MemberChanges(replica.membership());
    }

    /** The command of a process that runs a member in a small heap. */
    static List<String> command(Settings settings) {
        var command = ControlledProcess.java(ChaosMember.class, List.of("-Xmx192m", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(settings.arguments());
        return command;
    }

    public static void main(String[] arguments) throws IOException {
        var answers = new PrintStream(System.out, true, UTF_8);
        // What is logged must not come between the answers.
        System.setOut(System.err);
        var member = made(Settings.of(arguments), answers);
        member.start();
        var in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            member.take(line);
        }
        Runtime.getRuntime().halt(0);
    }

    private static ChaosMember made(Settings settings, PrintStream answers) {
        try {
            return new ChaosMember(settings, answers);
        } catch (TlsSettingsException e) {
            end(NOT_STARTED, e);
            throw e;
        }
    }

    private void start() {
        replica.addListener(new ReplicaListener() {
            @Override
            public void failed(Throwable cause) {
                end(cause instanceof MemberRemovedException ? REMOVED : STOPPED_BY_ITSELF, cause);
            }
        });
        try {
            replica.start();
        } catch (RuntimeException e) {
            boolean removed = e instanceof ReplicaStartException refused
                    && refused.problem() == ReplicaStartException.Problem.REMOVED;
            end(removed ? REMOVED : NOT_STARTED, e);
        }
        answers.println("0 started");
    }

    private static void end(int status, Throwable cause) {
        LoggerFactory.getLogger(ChaosMember.class).error("the member has come to an end", cause);
        Runtime.getRuntime().halt(status);
    }

    private void take(String line) {
        int space = line.indexOf(' ');
        String number = line.substring(0, space);
        var words = line.substring(space + 1).split(" ", -1);
        var unused = answer(words)
                .exceptionally(failure -> "failed " + failure)
                .whenCompleteAsync((answer, none) -> answers.println(number + " " + answer.replace('\n', ' ')), writer);
    }

    private CompletableFuture<String> answer(String[] words) {
        return switch (words[0]) {
            case "submit" -> submit(words[1], words[2]);
            case "read" -> read(words[1], Long.parseLong(words[2]), words[3]);
            case "status" -> replica.status().thenApply(ChaosMember::text);
            case "state" -> CompletableFuture.completedFuture(machine.state());
            case "clock" -> CompletableFuture.completedFuture(System.currentTimeMillis() + " " + System.nanoTime());
            case "change" -> changes.change(Arrays.copyOfRange(words, 1, words.length));
            case "cancel" -> changes.cancel(words[1]);
            case "certificate" -> CompletableFuture.completedFuture(renewed());
            case "members" -> changes.view();
            case "transfer" ->
                replica.transferLeadership(words[1].equals("-") ? null : Long.valueOf(words[1]))
                        .thenApply(String::valueOf);
            case "stop" -> stop();
            default -> throw new IllegalArgumentException("'" + words[0] + "' is no question to a member");
        };
    }

    /** Reads its file again, as an application does whose bundle watches it. */
    private String renewed() {
        var renewable = security;
        return renewable != null && certificate != null && renewable.replace(Certificates.read(certificate))
                ? "renewed"
                : "not renewed";
    }

    private CompletableFuture<String> stop() {
        return CompletableFuture.supplyAsync(
                () -> {
                    replica.stop();
                    return "stopped";
                },
                task -> new Thread(task, "stop").start());
    }

    private CompletableFuture<String> submit(String key, String command) {
        byte[] bytes = command.getBytes(UTF_8);
        var outcome = key.equals("-")
                ? replica.submit(KeyValueMachine.NAME, bytes, null)
                : replica.submitOnce(KeyValueMachine.NAME, bytes, key, null);
        return outcome.thenApply(ChaosMember::text);
    }

    private static String text(Outcome outcome) {
        if (outcome instanceof Outcome.Applied applied) {
            return "applied " + applied.index() + " " + new String(applied.value(), UTF_8);
        }
        if (outcome instanceof Outcome.Refused refused) {
            return "refused " + refused.reason() + " " + refused.message();
        }
        return outcome instanceof Outcome.Failed failed
                ? "failed " + failed.errorType() + " " + failed.message()
                : "unknown " + outcome;
    }

    private CompletableFuture<String> read(String consistency, long minIndex, String key) {
        var options = ReadOptions.of(Consistency.valueOf(consistency)).withMinIndex(minIndex);
        return replica.read(KeyValueMachine.NAME, key.getBytes(UTF_8), options).thenApply(ChaosMember::text);
    }

    private static String text(ReadOutcome outcome) {
        if (outcome instanceof ReadOutcome.Answered answered) {
            return "answered " + answered.index() + " " + new String(answered.value(), UTF_8);
        }
        return outcome instanceof ReadOutcome.Refused refused
                ? "refused " + refused.reason() + " " + refused.message()
                : "failed " + outcome;
    }

    private static String text(ReplicaStatus status) {
        return MemberView.of(status).text();
    }
}
