package io.raftboot.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.chaos.Cluster.Leader;
import io.raftboot.chaos.Settings.Clocks;
import io.raftboot.chaos.Settings.Without;
import io.raftboot.linearizability.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Three members as processes on a network and with clocks to which nothing is done: what disturbs them is what a test does. Owned
 * by the test.
 */
final class QuietGroup implements AutoCloseable {
    /** On a machine on which many others work. */
    static final Duration PATIENCE = Duration.ofMinutes(4);

    static final long ANSWER_MILLIS = 5_000;

    /** In this time somebody whom the members listened to would have raised their term. */
    private static final Duration SEVERAL_ELECTION_TIMEOUTS = Duration.ofSeconds(6);

    private static final Duration LOOK = Duration.ofMillis(300);
    private static final int MEMBERS = 3;

    private final Run run = new Run();
    private final Settings settings;
    private final Ground ground;
    private final Cluster cluster;
    private final List<ControlledProcess> strangers = new ArrayList<>();
    private long commands;

    QuietGroup(String name) {
        settings = new Settings(
                name,
                MEMBERS,
                Duration.ZERO,
                1,
                Without.valueOf("faketime,namespaces,proxy,tls"),
                Clocks.WALL,
                Path.of("target", "chaos", name).toAbsolutePath());
        Campaign.newDirectory(settings.dir());
        ground = new Ground(settings);
        cluster = new Cluster(ground, settings, run::problem);
        try {
            cluster.startAll();
            assertThat(run.problems()).isEmpty();
            applyThroughEach();
        } catch (AssertionError | RuntimeException e) {
            end();
            throw e;
        }
    }

    ClusterMember member(long id) {
        return Objects.requireNonNull(cluster.member(id), "there is no member " + id);
    }

    List<ClusterMember> members() {
        return cluster.members();
    }

    Leader awaitLeader() {
        return await().atMost(PATIENCE).pollInterval(LOOK).until(cluster::leader, Objects::nonNull);
    }

    /** One that does not lead now. */
    ClusterMember follower() {
        var leader = awaitLeader().member();
        return members().stream().filter(member -> member != leader).findFirst().orElseThrow();
    }

    /** Where nobody of the group listens. */
    String freeAddress() {
        return ClusterMember.listen(ground, MEMBERS + 1);
    }

    /** A directory of the campaign's that is not there yet. */
    Path newDir(String name) {
        return settings.dir().resolve(name);
    }

    /** Starts a process that is none of the group's. */
    ControlledProcess start(ChaosMember.Settings stranger) {
        var log = newDir("stranger" + strangers.size() + ".log");
        var process = new ControlledProcess("stranger", ChaosMember.command(stranger), Map.of(), log);
        strangers.add(process);
        Answers.of(process.ready());
        return process;
    }

    /** A new member in the first place that is free, and in the group. */
    Cluster.Joining join() {
        var joining = Objects.requireNonNull(cluster.join(), "no place is free");
        long id = joining.member().id();
        var peer = joining.member().peer();
        change("add " + id + " " + peer.host() + ":" + peer.port() + " auto", view -> view.voters()
                .contains(id));
        return joining;
    }

    /** Removes a member from the group when its process has ended; its directory, which does not know of that, goes to another place. */
    void remove(ClusterMember member, Path kept) throws IOException {
        member.stop();
        change("remove " + member.id(), view -> !view.voters().contains(member.id()));
        copy(member.dir(), kept);
        cluster.dispose(member);
    }

    private void change(String words, Predicate<MemberView> inForce) {
        await().atMost(PATIENCE).pollInterval(LOOK).until(() -> {
            var leader = cluster.leader();
            if (leader != null && !inForce.test(leader.view())) {
                Answers.within(ANSWER_MILLIS, leader.member().ask("change " + words.replace(' ', '-') + " " + words));
            }
            return leader != null && inForce.test(leader.view());
        });
    }

    /** A command comes through, once through each member that is there, and all have the same state. */
    void applyThroughEach() {
        for (ClusterMember member : cluster.alive()) {
            await().atMost(PATIENCE).pollInterval(LOOK).until(() -> {
                String answer = Answers.within(ANSWER_MILLIS, member.ask("submit - " + nextCommand()));
                return answer != null && answer.startsWith("applied");
            });
        }
        awaitEqual();
    }

    private String nextCommand() {
        commands++;
        return KeyValueMachine.command("key" + commands % 10, new Call.Write(String.valueOf(commands)));
    }

    void awaitEqual() {
        await().atMost(PATIENCE).pollInterval(LOOK).untilAsserted(() -> {
            var states = cluster.alive().stream()
                    .map(member -> String.valueOf(Answers.within(ANSWER_MILLIS, member.ask("state"))))
                    .toList();
            assertThat(new HashSet<>(states)).hasSize(1).doesNotContain("null");
        });
    }

    /**
     * Commands come through, no stranger hears of a leader, and no election takes place for a while. Load may bring one about, but
     * not again and again.
     */
    void assertGoesOn() {
        applyThroughEach();
        var last = new AtomicLong();
        await().atMost(PATIENCE)
                .pollInterval(LOOK)
                .during(SEVERAL_ELECTION_TIMEOUTS)
                .until(() -> {
                    strangers.stream().filter(ControlledProcess::isAlive).forEach(QuietGroup::assertStaysOutside);
                    long term = term();
                    return last.getAndSet(term) == term;
                });
        applyThroughEach();
        assertThat(run.problems()).isEmpty();
    }

    private long term() {
        return cluster.alive().stream()
                .map(ClusterMember::view)
                .filter(Objects::nonNull)
                .mapToLong(MemberView::term)
                .max()
                .orElse(0);
    }

    private static void assertStaysOutside(ControlledProcess process) {
        String answer = Answers.of(process.ask("status"));
        assertThat(answer).doesNotStartWith("failed");
        assertThat(MemberView.valueOf(answer).leaderId()).isZero();
    }

    static void awaitWords(Path log, String words) {
        await().atMost(PATIENCE)
                .pollInterval(LOOK)
                .untilAsserted(() -> assertThat(log).content().contains(words));
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** Copies the directory of one that runs, at one moment. */
    static void copyWhileItStands(ClusterMember member, Path to) throws IOException {
        var process = process(member);
        process.signal("STOP");
        try {
            copy(member.dir(), to);
        } finally {
            process.signal("CONT");
        }
    }

    static ControlledProcess process(ClusterMember member) {
        return Objects.requireNonNull(member.process(), "it was never started");
    }

    /** Ends all processes, also where the test has failed. */
    @Override
    public void close() {
        end();
        assertThat(run.problems()).isEmpty();
        assertThat(cluster.alive()).isEmpty();
    }

    private void end() {
        strangers.forEach(ControlledProcess::kill);
        cluster.close();
        ground.close();
    }
}
