package io.raftboot.replica;

import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOptions;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Members that read by lease, in one thread and in time that only moves here: on clocks that run apart by up to 9 %, and over a
 * network that delays, drops, reorders and parts. Every index at which a read is answered is compared with what had been applied
 * anywhere when the read began. All chance comes from one generator.
 */
final class LeaseSimulation {
    static final long MEMBERS = 5;
    static final Duration TICK = Duration.ofMillis(10);
    static final int ELECTION_TICKS = 10;
    private static final long MILLI = 1_000_000;
    private static final double FASTEST_CLOCK = 1.09;
    private static final Duration STALENESS = Duration.ofMillis(40);

    /** What must not be left out, and is, to see that it is missed. */
    enum Defect {
        NONE,
        TRANSFER_FORGOTTEN,
        PROMISE_FORGOTTEN_BY_RESTART,
        NO_PROMISE,
        LEASE_TOO_LONG,
        TICKS_IN_A_BUNCH,
    }

    private record Event(long atNanos, long order, Runnable action) {}

    private record Link(long from, long to) {}

    private final RandomGenerator random;
    private final Defect defect;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::order));
    private final List<LeasedMember> members = new ArrayList<>();
    private final Set<Link> cut = new HashSet<>();
    private final Set<Link> slow = new HashSet<>();

    /** The highest index applied anywhere, by the time from which on it was. */
    private final TreeMap<Long, Long> applied = new TreeMap<>();

    private @Nullable LeasedMember besieged;
    private long nowNanos;
    private long eventCount;
    private long answered;
    private long withoutRound;
    private long elections;

    LeaseSimulation(RandomGenerator random, Defect defect) {
        this.random = random;
        this.defect = defect;
        applied.put(0L, 1L);
        for (long id = 1; id <= MEMBERS; id++) {
            members.add(new LeasedMember(this, id, random.nextDouble(1, FASTEST_CLOCK)));
        }
        members.forEach(LeasedMember::scheduleTick);
    }

    /** Does so many things, one each few milliseconds. */
    void run(int actions) {
        for (int i = 0; i < actions; i++) {
            long until = nowNanos + random.nextLong(MILLI, 5 * MILLI);
            for (var next = events.peek(); next != null && next.atNanos() <= until; next = events.peek()) {
                events.remove();
                nowNanos = next.atNanos();
                next.action().run();
            }
            nowNanos = until;
            act(random.nextInt(1_000));
        }
    }

    RandomGenerator random() {
        return random;
    }

    boolean has(Defect some) {
        return defect == some;
    }

    long nowNanos() {
        return nowNanos;
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

    void schedule(long delayNanos, Runnable action) {
        events.add(new Event(nowNanos + delayNanos, eventCount++, action));
    }

    void send(Message message) {
        var link = new Link(message.getFrom(), message.getTo());
        if (cut.contains(link) || random.nextInt(100) < 3) {
            return;
        }
        schedule(slow.contains(link) ? random.nextLong(40 * MILLI, 48 * MILLI) : delayNanos(), () -> {
            if (!cut.contains(link)) {
                members.get((int) message.getTo() - 1).receive(message);
            }
        });
    }

    /** Mostly short, sometimes longer than an election takes. */
    private long delayNanos() {
        int kind = random.nextInt(1_000);
        return random.nextLong(MILLI / 10, (kind < 850 ? 3 : kind < 990 ? 60 : 400) * MILLI);
    }

    void applied(long index) {
        if (index > applied.lastEntry().getValue()) {
            applied.put(nowNanos, index);
        }
    }

    void leads() {
        elections++;
    }

    /** What a read that begins now has to see at least. */
    long floor(ReadOptions options) {
        var staleness = options.maxStaleness();
        long since = staleness == null ? nowNanos : Math.max(0, nowNanos - staleness.toNanos());
        return applied.floorEntry(since).getValue();
    }

    void answered(long member, ReadOptions options, long floor, long index, long waitedNanos) {
        answered++;
        withoutRound += waitedNanos == 0 ? 1 : 0;
        if (index < floor) {
            throw new AssertionError("a read " + options + " on member " + member + " was answered at index " + index
                    + ", though " + floor + " had been applied before it");
        }
    }

    private void act(int dice) {
        var any = members.get(random.nextInt(members.size()));
        var leading = members.stream().filter(LeasedMember::leads).toList();
        var leader = leading.isEmpty() ? any : leading.get(random.nextInt(leading.size()));
        if (dice < 250) {
            if (leader != besieged) {
                leader.propose();
            }
        } else if (dice < 750) {
            leader.read(ReadOptions.of(Consistency.LEASE));
        } else if (dice < 850) {
            any.read(ReadOptions.of(Consistency.LOCAL).withMaxStaleness(STALENESS));
        } else if (dice < 870) {
            any.read(ReadOptions.LINEARIZABLE);
        } else if (besieged != null) {
            // Left alone otherwise.
            besieged.read(ReadOptions.of(Consistency.LEASE));
        } else if (dice < 880) {
            isolate(leader.id(), 25);
        } else if (dice < 890) {
            cut.add(new Link(any.id(), leader.id()));
        } else if (dice < 900) {
            besiege(leader);
        } else if (dice < 930) {
            cut.clear();
        } else if (dice < 945) {
            leader.transferTo(any.id());
        } else if (dice < 965) {
            any.restart();
        } else if (dice < 975) {
            (dice % 2 == 0 ? any : leader).pause(random.nextLong(10 * MILLI, 400 * MILLI));
        } else if (dice < 990) {
            any.misled();
        } else {
            var voters = leader.configuration().getVotersList();
            if (leader.configuration().getVotersOutgoingCount() == 0) {
                leader.change(anyChange(voters));
            }
        }
    }

    /** @param oneWayPercent chance that another still gets through to it */
    private void isolate(long id, int oneWayPercent) {
        for (long other = 1; other <= MEMBERS; other++) {
            cut.add(new Link(id, other));
            if (random.nextInt(100) >= oneWayPercent) {
                cut.add(new Link(other, id));
            }
        }
    }

    /**
     * The worst that can happen to a lease: first only just a quorum hears the leader, and the others are out to elect another;
     * then nobody does, and those that heard it last are tempted to forget that. Nothing is written meanwhile, so that anybody's log
     * is good enough.
     */
    private void besiege(LeasedMember leader) {
        var others = new ArrayList<>(leader.configuration().getVotersList());
        others.remove(leader.id());
        int loyal = others.size() / 2 + others.size() % 2;
        var last = others.subList(0, loyal).stream()
                .map(id -> members.get((int) (id - 1)))
                .toList();
        for (long other : others.subList(loyal, others.size())) {
            cut.add(new Link(leader.id(), other));
            cut.add(new Link(other, leader.id()));
        }
        long untilNanos = random.nextLong(150 * MILLI, 300 * MILLI);
        boolean hears = random.nextInt(4) == 0;
        switch (hears ? 3 : random.nextInt(3)) {
            case 0 -> schedule(untilNanos, () -> last.forEach(LeasedMember::restart));
            case 1 -> schedule(untilNanos, () -> last.forEach(LeasedMember::misled));
            case 2 -> {
                // Longer than an election timeout, and short enough for the leader to hear of a quorum in time.
                long pauseNanos = random.nextLong(115 * MILLI, 150 * MILLI);
                schedule(
                        Math.max(0, untilNanos - pauseNanos - 4 * MILLI),
                        () -> last.forEach(member -> member.pause(pauseNanos)));
            }
            default -> {}
        }
        // Or what they say comes late, and still when they have been told nothing for long.
        if (hears) {
            last.forEach(member -> slow.add(new Link(member.id(), leader.id())));
        }
        long deafNanos = untilNanos - random.nextLong(3 * MILLI);
        schedule(deafNanos, () -> isolate(leader.id(), hears ? 100 : 0));
        schedule(deafNanos + ELECTION_TICKS * TICK.toNanos() / 2, () -> isolate(leader.id(), 0));
        besieged = leader;
        schedule(untilNanos + random.nextLong(50 * MILLI, 200 * MILLI), () -> {
            besieged = null;
            slow.clear();
            cut.clear();
        });
    }

    /** Of one member, or of several by way of a joint configuration. */
    private ConfChangeV2 anyChange(List<Long> voters) {
        var change = ConfChangeV2.newBuilder();
        int count = 1 + random.nextInt(3);
        long first = random.nextLong(MEMBERS);
        int left = voters.size();
        for (int i = 0; i < count; i++) {
            long id = 1 + (first + i) % MEMBERS;
            boolean remove = voters.contains(id) && left > 2;
            left -= remove ? 1 : 0;
            change.addChanges(ConfChangeSingle.newBuilder()
                    .setType(remove ? ConfChangeType.CONF_CHANGE_REMOVE_NODE : ConfChangeType.CONF_CHANGE_ADD_NODE)
                    .setNodeId(id));
        }
        return change.build();
    }
}
