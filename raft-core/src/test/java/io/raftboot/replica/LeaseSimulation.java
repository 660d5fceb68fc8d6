package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.proof.Proof;
import io.raftboot.proof.Sometimes;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Real members that read by lease, in time that only moves here: on clocks that run apart by up to 9 %, and over links that delay,
 * drop, reorder and part. Every index at which a read is answered is compared with what had been applied anywhere when the read
 * began. All chance comes from one seed.
 */
final class LeaseSimulation {
    private static final int MEMBERS = 5;
    private static final long MILLI = 1_000_000;
    private static final double FASTEST_CLOCK = 1.09;
    private static final Duration STALENESS = Duration.ofMillis(40);
    private static final long TURN_NANOS = 5_000;

    private static final long ELECTION_NANOS =
            SimulatedMembers.TICK.multipliedBy(SimulatedMembers.ELECTION_TICKS).toNanos();

    /** So long takes what has been written before, and no longer. */
    private static final long QUIET_NANOS = 30 * MILLI;

    /** A round over links takes longer. */
    private static final long AT_ONCE_NANOS = 2 * LeaseLinks.LEAST_DELAY_NANOS;

    private static final ProposalListener WHOEVER = new ProposalListener() {
        @Override
        public void appended(long term, long index) {}

        @Override
        public void dropped(RaftException reason) {}
    };

    private final Simulation simulation;
    private final RandomGenerator random;
    private final LeaseLinks links;
    private final SimulatedMembers members;
    private final Proof proof = new Proof();
    private final Fate[] fates = Fate.values();

    /** The highest index applied anywhere, by the time from which on it was. */
    private final TreeMap<Long, Long> applied = new TreeMap<>();

    private final Set<Long> leading = new HashSet<>();
    private @Nullable SimulatedMember besieged;
    private @Nullable AssertionError stale;
    private long commands;
    private long answered;
    private long withoutRound;
    private long elections;

    LeaseSimulation(long seed, LeaseDefect defect) {
        simulation = new Simulation(seed);
        random = simulation.random();
        links = new LeaseLinks(simulation.random());
        members = new SimulatedMembers(
                simulation,
                MEMBERS,
                new SimulatedMembers.Setup(
                        config -> config.leaseReads(true),
                        defect,
                        id -> Pace.EXACT
                                .withRate(random.nextDouble(1, FASTEST_CLOCK))
                                .withTurnNanos(TURN_NANOS)
                                .withLateNanos(SimulatedMembers.TICK.toNanos() / 10)
                                .withBunched(defect == LeaseDefect.TICKS_IN_A_BUNCH),
                        links));
        applied.put(0L, 1L);
        members.watchBy(new Watcher(simulation, proof));
        simulation.events().afterEach(this::look);
        members.all().forEach(SimulatedMember::start);
    }

    /** Does so many things, one each few milliseconds. */
    void run(int actions) {
        for (int i = 0; i < actions; i++) {
            simulation.events().runFor(Duration.ofNanos(random.nextLong(MILLI, 5 * MILLI)));
            if (stale != null) {
                throw stale;
            }
            members.checkNoneFailed();
            act(random.nextInt(1_000));
        }
    }

    Simulation simulation() {
        return simulation;
    }

    Sometimes.Counts counts() {
        return proof.counts();
    }

    long answered() {
        return answered;
    }

    /** Of those that were answered, how many by a lease or by what was known, at once. */
    long withoutRound() {
        return withoutRound;
    }

    long elections() {
        return elections;
    }

    /** Sees what has come of the last event. */
    private void look() {
        for (var member : members.all()) {
            long index = member.appliedIndex();
            if (index > applied.lastEntry().getValue()) {
                applied.put(nowNanos(), index);
            }
            if (!member.leads()) {
                leading.remove(member.id());
            } else if (leading.add(member.id())) {
                elections++;
            }
        }
    }

    private long nowNanos() {
        return simulation.events().nowNanos();
    }

    /** What a read that begins now has to see at least. */
    private long floor(ReadOptions options) {
        var staleness = options.maxStaleness();
        long since = staleness == null ? nowNanos() : Math.max(0, nowNanos() - staleness.toNanos());
        return applied.floorEntry(since).getValue();
    }

    /** Has something happen in a member's process, unless that is dead by then. */
    private static void in(SimulatedMember member, String what, Runnable action) {
        member.host().after(0, what, action);
    }

    private void read(SimulatedMember member, ReadOptions options) {
        in(member, "asks " + options.consistency(), () -> {
            long floor = floor(options);
            long atNanos = nowNanos();
            var unused = member.calls()
                    .read(SimulatedMachine.NAME, new byte[0], options)
                    .thenAccept(outcome -> {
                        if (outcome instanceof ReadOutcome.Answered answer) {
                            answered(member, options, floor, answer.index(), nowNanos() - atNanos);
                        }
                    });
        });
    }

    private void answered(SimulatedMember member, ReadOptions options, long floor, long index, long waitedNanos) {
        answered++;
        withoutRound += waitedNanos < AT_ONCE_NANOS ? 1 : 0;
        if (index < floor && stale == null) {
            stale = new AssertionError("a read " + options + " on member " + member.id() + " was answered at index "
                    + index + ", though " + floor + " had been applied before it");
        }
    }

    private void write(SimulatedMember member) {
        var command = ("c" + commands++).getBytes(UTF_8);
        in(member, "submits", () -> {
            var unused = member.calls().submit(SimulatedMachine.NAME, command, null, null);
        });
    }

    private void restart(SimulatedMember member) {
        member.crash(fates[random.nextInt(fates.length)]);
        member.start();
    }

    /** Somebody is wrong about the leader's process. */
    private void mislead(SimulatedMember member) {
        in(member, "is misled", () -> {
            member.running().node().forgetLeader();
            member.running().node().campaign();
        });
    }

    private void transfer(SimulatedMember from, SimulatedMember to) {
        in(from, "hands over", () -> {
            var unused = from.calls().transferLeadership(to.id());
        });
    }

    private void act(int dice) {
        var any = members.all().get(random.nextInt(MEMBERS));
        var leaders = members.all().stream().filter(SimulatedMember::leads).toList();
        var leader = leaders.isEmpty() ? any : leaders.get(random.nextInt(leaders.size()));
        if (dice < 250) {
            if (leader != besieged) {
                write(leader);
            }
        } else if (dice < 750) {
            read(leader, ReadOptions.of(Consistency.LEASE));
        } else if (dice < 850) {
            read(any, ReadOptions.of(Consistency.LOCAL).withMaxStaleness(STALENESS));
        } else if (dice < 870) {
            read(any, ReadOptions.LINEARIZABLE);
        } else if (besieged != null) {
            // Left alone otherwise.
            read(besieged, ReadOptions.of(Consistency.LEASE));
        } else {
            disturb(dice, any, leader);
        }
    }

    private void disturb(int dice, SimulatedMember any, SimulatedMember leader) {
        if (dice < 875) {
            isolate(leader.id(), 25);
        } else if (dice < 880) {
            members.network().cut(any.id(), leader.id());
        } else if (dice < 910) {
            besiege(
                    leader,
                    dice % 3 == 0 ? others -> handOverFarAway(leader, others) : others -> starve(leader, others));
        } else if (dice < 930) {
            members.network().heal();
        } else if (dice < 945) {
            transfer(leader, any);
        } else if (dice < 965) {
            restart(any);
        } else if (dice < 975) {
            (dice % 2 == 0 ? any : leader).host().pause(random.nextLong(10 * MILLI, 400 * MILLI));
        } else if (dice < 990) {
            mislead(any);
        } else {
            change(leader);
        }
    }

    /** @param oneWayPercent chance that another still gets through to it */
    private void isolate(long id, int oneWayPercent) {
        for (long other = 1; other <= MEMBERS; other++) {
            members.network().cut(id, other);
            if (random.nextInt(100) >= oneWayPercent) {
                members.network().cut(other, id);
            }
        }
    }

    /**
     * The worst that can happen to a lease, at a time when nothing is written, so that anybody's log is good enough to lead.
     *
     * @param worst what it is, and after how long it is over
     */
    private void besiege(SimulatedMember leader, ToLongFunction<List<Long>> worst) {
        besieged = leader;
        after(QUIET_NANOS, () -> {
            long endNanos = 0;
            if (leader.leads()) {
                var others =
                        new ArrayList<>(leader.running().configuration().state().getVotersList());
                others.remove(leader.id());
                endNanos = worst.applyAsLong(others);
            }
            after(endNanos, () -> {
                besieged = null;
                links.hurry();
                members.network().heal();
            });
        });
    }

    /**
     * First only just a quorum hears the leader, and the others are out to elect another; then nobody does, and those that heard it
     * last are tempted to forget that.
     */
    private long starve(SimulatedMember leader, List<Long> others) {
        int loyal = others.size() / 2 + others.size() % 2;
        var last = others.subList(0, loyal).stream().map(members::member).toList();
        var deserters = others.subList(loyal, others.size());
        deserters.forEach(other -> members.network().cutBoth(leader.id(), other));
        long untilNanos = random.nextLong(130 * MILLI, 250 * MILLI);
        boolean late = random.nextInt(4) == 0;
        if (late) {
            // What they say comes late, and still when they have been told nothing for long.
            last.forEach(member -> links.slow(member.id(), leader.id()));
        } else {
            tempt(last, untilNanos);
        }
        long deafNanos = untilNanos - random.nextLong(3 * MILLI);
        after(deafNanos, () -> isolate(leader.id(), late ? 100 : 0));
        // One of them need not wait for its time-out.
        deserters.stream()
                .findFirst()
                .map(members::member)
                .ifPresent(member -> after(untilNanos + random.nextLong(10 * MILLI), () -> mislead(member)));
        after(deafNanos + ELECTION_NANOS / 2, () -> isolate(leader.id(), 0));
        return untilNanos + random.nextLong(60 * MILLI, 120 * MILLI);
    }

    /**
     * The leader hands over to a member that is far away: it has given that up when the other, which asks back and hears that it still
     * holds, gets to act on it; and hears of it last of all.
     */
    private long handOverFarAway(SimulatedMember leader, List<Long> others) {
        if (others.isEmpty()) {
            return 0;
        }
        var target = members.member(others.get(random.nextInt(others.size())));
        links.slow(leader.id(), target.id());
        links.slow(target.id(), leader.id());
        transfer(leader, target);
        return 3 * ELECTION_NANOS;
    }

    /** To forget, at that time, whom they heard last. */
    private void tempt(List<SimulatedMember> last, long atNanos) {
        switch (random.nextInt(3)) {
            case 0 -> after(atNanos, () -> last.forEach(this::restart));
            case 1 -> after(atNanos, () -> last.forEach(this::mislead));
            default -> {
                // Longer than an election timeout, and short enough for the leader to hear of a quorum in time.
                long pauseNanos = random.nextLong(115 * MILLI, 150 * MILLI);
                after(
                        Math.max(0, atNanos - pauseNanos - 4 * MILLI),
                        () -> last.forEach(member -> member.host().pause(pauseNanos)));
            }
        }
    }

    private void after(long nanos, Runnable action) {
        simulation.events().after(nanos, action);
    }

    /** Of one member, or of several by way of a joint configuration: who has a vote may lose it, and get it back. */
    private void change(SimulatedMember leader) {
        var state = leader.running().configuration().state();
        if (state.getVotersOutgoingCount() > 0) {
            return;
        }
        var voters = state.getVotersList();
        var change = ConfChangeV2.newBuilder();
        int count = 1 + random.nextInt(3);
        long first = random.nextLong(MEMBERS);
        int left = voters.size();
        for (int i = 0; i < count; i++) {
            long id = 1 + (first + i) % MEMBERS;
            boolean demoted = voters.contains(id) && left > 2;
            left -= demoted ? 1 : 0;
            change.addChanges(ConfChangeSingle.newBuilder()
                    .setType(
                            demoted ? ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE : ConfChangeType.CONF_CHANGE_ADD_NODE)
                    .setNodeId(id));
        }
        in(leader, "proposes a change", () -> leader.running().node().proposeConfChange(change.build(), WHOEVER));
    }
}
