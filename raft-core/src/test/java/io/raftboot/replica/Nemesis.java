package io.raftboot.replica;

import io.raftboot.simulation.DeathPoint;
import io.raftboot.simulation.DiskOperation;
import io.raftboot.simulation.SimulatedDisk.Fate;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Does to a world what is planned, as far as there is somebody whom it can hit, and counts what did. */
final class Nemesis {
    private static final int LONGEST_PAUSE_ELECTION_TIMEOUTS = 3;
    private static final int LONGEST_JUMP_ELECTION_TIMEOUTS = 2;
    private static final int LEAPING_JUMPS = 3;
    private static final int LEAP_PART_OF_RETENTION = 4;
    private static final int LONGEST_HANG_ELECTION_TIMEOUTS = 10;
    private static final int SOON_OPERATIONS = 20;

    /** One of so many processes that are started. */
    private static final int DYING_STARTS = 4;

    /** What takes circumstances that are not there at each moment. */
    private static final Set<Fault.Kind> PATIENT = EnumSet.of(
            Fault.Kind.WIPE, Fault.Kind.VANISH, Fault.Kind.JOIN, Fault.Kind.REVIVE, Fault.Kind.PROMOTED_UNHEARD);

    private static final int ATTEMPTS = 16;
    private static final int MOST_FREE_BYTES = 100_000;
    private static final int LARGEST_BURST = 50;
    private static final int SECONDS_PER_HOUR = 3_600;

    private final World world;
    private final Ways ways;
    private final long[] tolls = new long[Fault.Kind.values().length];
    private final RollingRestart rolling;
    private final Crossings crossings;
    private boolean ended;

    /** Whether a clock has jumped as far as it may, which it does once. */
    private boolean leaped;

    Nemesis(World world) {
        this.world = world;
        this.rolling = new RollingRestart(world);
        this.crossings = new Crossings(world.simulation(), world);
        this.ways = world.ways();
    }

    /** How often each kind of fault has hit somebody, in the order of kinds. */
    List<Long> tolls() {
        return Arrays.stream(tolls).boxed().toList();
    }

    /** What is still to come does not. */
    void end() {
        ended = true;
        rolling.end();
        crossings.end();
        world.arrivals().end();
        world.operator().verbs().end();
    }

    /** Has it happen, at once or as soon as there is somebody whom it can hit. */
    void strike(Fault fault) {
        strike(fault, PATIENT.contains(fault.kind()) ? ATTEMPTS : 1);
    }

    @SuppressWarnings("EnumOrdinal") // A place in an array.
    private void strike(Fault fault, int attempts) {
        if (ended) {
            return;
        }
        world.simulation().note("fault", fault.toString());
        world.certificates().look();
        ways.look(world.proof()::happened);
        if (fault.kind() == Fault.Kind.RESTART ? restart(fault.who(), fault.what()) : hits(fault)) {
            tolls[fault.kind().ordinal()]++;
        } else if (attempts > 1) {
            world.simulation().events().after(electionNanos() / 2, () -> strike(fault, attempts - 1));
        }
    }

    /** Some die again in the midst of their start. */
    private boolean restart(int who, int what) {
        var down = world.down();
        if (down.isEmpty()) {
            return false;
        }
        var member = down.get(who % down.size());
        if (what % DYING_STARTS == 0) {
            dieAtDisk(member, what / DYING_STARTS);
        }
        world.start(member.id());
        return true;
    }

    private boolean hits(Fault fault) {
        var up = world.up();
        if (up.isEmpty()) {
            return false;
        }
        var member = up.get(fault.who() % up.size());
        var other = up.get(fault.what() % up.size());
        int what = fault.what();
        return switch (fault.kind()) {
            case CRASH -> crash(member, what);
            case DEATH_AT_DISK -> dieAtDisk(member, what);
            case DISK_SLOW -> slowDisk(member, what);
            case DISK_HANGS -> hangDisk(member, what);
            case DISK_FULL -> fillDisk(member, what);
            case DISK_FAILS -> failDisk(member, what);
            case DISK_MENDED -> mendDisk(member);
            case STANDS_IN_STEP -> standInStep(member, what);
            case PAUSE -> pause(member, what);
            case CUT_ONE_WAY -> cut(member.id(), other.id());
            case CUT_BOTH_WAYS -> cut(member.id(), other.id()) && cut(other.id(), member.id());
            case ISOLATE -> isolate(member.id());
            case PARTITION -> partition(what);
            case HEAL -> mend();
            case WEATHER -> weather(what);
            case CLOG -> clog(member.id(), other.id(), what);
            case RESET -> reset(member.id(), other.id(), what);
            case TRANSFER -> transfer(other.id());
            case SNAPSHOT -> snapshot(member);
            case CAMPAIGN -> campaign(member);
            case WALL_CLOCK_JUMPS -> jumpWall(member, what);
            case CLOCK_JUMPS -> jump(member, what);
            case CHANGE -> world.operator().change(fault.who(), what);
            case ROT -> world.operator().rot(fault.who(), what);
            case WIPE -> world.operator().wipe(fault.who(), what);
            case BURST -> burst(what);
            case STOP -> stop(member, what);
            case ROLLING_RESTART -> rolling.begin();
            case JOIN -> world.arrivals().join(fault.who(), what);
            case REVIVE -> world.arrivals().revive(fault.who(), what);
            case MOVE -> world.arrivals().move(fault.who(), what);
            case VANISH -> world.operator().vanish(fault.who(), what);
            case CHANGE_CROSSED -> crossings.crossChange(what);
            case PROMOTED_UNHEARD -> crossings.promoteUnheard(fault.who());
            case CERTIFICATE -> world.certificates().renew(member.id(), what);
            case BAD_CERTIFICATE -> world.certificates().spoil(member.id(), other.id(), what);
            case RESTART -> throw new IllegalStateException("it hits who is down");
        };
    }

    private static <E extends Enum<E>> E oneOf(Class<E> kind, int which) {
        var all = List.copyOf(EnumSet.allOf(kind));
        return all.get(which % all.size());
    }

    private boolean crash(SimulatedMember member, int what) {
        world.crash(member, oneOf(Fate.class, what));
        return true;
    }

    private static boolean dieAtDisk(SimulatedMember member, int what) {
        member.faults()
                .dieAt(1 + what % SOON_OPERATIONS, oneOf(DeathPoint.class, what / 7), oneOf(Fate.class, what / 31));
        return true;
    }

    /** Some are slower than an election takes. */
    private boolean slowDisk(SimulatedMember member, int what) {
        long most = 1 + what % (what % 3 == 0 ? 2 * electionNanos() : electionNanos() / 20);
        member.faults().slow(most / 10, most);
        return true;
    }

    private boolean hangDisk(SimulatedMember member, int what) {
        member.faults().hang(1 + what % (LONGEST_HANG_ELECTION_TIMEOUTS * electionNanos()));
        return true;
    }

    private static boolean fillDisk(SimulatedMember member, int what) {
        member.faults().full(what % MOST_FREE_BYTES);
        return true;
    }

    private static boolean failDisk(SimulatedMember member, int what) {
        var kind = oneOf(DiskOperation.class, what);
        if (what / 7 % 3 == 0) {
            member.faults().failAlways(kind);
        } else {
            member.faults().failNext(kind);
        }
        return true;
    }

    private static boolean mendDisk(SimulatedMember member) {
        member.faults().heal();
        return true;
    }

    private boolean standInStep(SimulatedMember member, int what) {
        member.faults()
                .standStillAt(
                        1 + what % SOON_OPERATIONS, 1 + what % (LONGEST_PAUSE_ELECTION_TIMEOUTS * electionNanos()));
        return true;
    }

    private boolean pause(SimulatedMember member, int what) {
        long longest = LONGEST_PAUSE_ELECTION_TIMEOUTS * electionNanos();
        member.host().pause(1 + what % longest);
        return true;
    }

    private long electionNanos() {
        return world.mix().electionTimeout().toNanos();
    }

    private boolean cut(long from, long to) {
        if (from != to) {
            ways.cut(from, to);
        }
        return from != to;
    }

    private boolean isolate(long id) {
        boolean hit = false;
        for (long other : world.ids()) {
            hit |= cut(id, other) && cut(other, id);
        }
        return hit;
    }

    /** Two groups, by a bit of the number for each member. */
    private boolean partition(int what) {
        boolean hit = false;
        for (long one : world.ids()) {
            for (long other : world.ids()) {
                boolean apart = ((what >> one) & 1) != ((what >> other) & 1);
                hit |= apart && cut(one, other);
            }
        }
        return hit;
    }

    private boolean mend() {
        ways.mend();
        return true;
    }

    private boolean weather(int what) {
        ways.weather(what, world.ids());
        return true;
    }

    private boolean clog(long from, long to, int what) {
        if (from != to) {
            ways.clog(from, to, what);
        }
        return from != to;
    }

    private boolean reset(long one, long other, int what) {
        if (one != other) {
            ways.reset(one, other, what);
        }
        return one != other;
    }

    private boolean transfer(long to) {
        var leader = world.leader();
        if (leader == null) {
            return false;
        }
        leader.host().after(0, "hands over", () -> {
            var unused = leader.calls().transferLeadership(to);
        });
        return true;
    }

    private static boolean snapshot(SimulatedMember member) {
        member.host().after(0, "snapshot is asked for", () -> {
            var unused = member.calls().takeSnapshot();
        });
        return true;
    }

    private static boolean campaign(SimulatedMember member) {
        member.host().after(0, "is misled", () -> {
            member.running().node().forgetLeader();
            member.running().node().campaign();
        });
        return true;
    }

    private static boolean jumpWall(SimulatedMember member, int what) {
        member.host().jumpWall(Duration.ofSeconds(what % (2 * SECONDS_PER_HOUR) - SECONDS_PER_HOUR));
        return true;
    }

    /** A clock that jumps is none that a lease counts on. */
    private boolean jump(SimulatedMember member, int what) {
        if (world.mix().leases()) {
            return false;
        }
        if (what % LEAPING_JUMPS == 0 && !leaped) {
            return leap();
        }
        member.host().jump(Duration.ofNanos(1 + what % (LONGEST_JUMP_ELECTION_TIMEOUTS * electionNanos())));
        return true;
    }

    private boolean stop(SimulatedMember member, int what) {
        if (what % 3 == 0) {
            member.stop();
        } else {
            member.handOverAndStop();
        }
        return true;
    }

    /**
     * The time that the members agree on leaps with the clock of the one that leads: sessions end that members still use, where
     * they live for a short time. Once, and not so far that a client could not send again under its key for as long as it does.
     */
    private boolean leap() {
        var leader = world.leader();
        if (leader == null) {
            return false;
        }
        leaped = true;
        leader.host().jump(world.mix().keyRetention().dividedBy(LEAP_PART_OF_RETENTION));
        return true;
    }

    private boolean burst(int what) {
        world.clients().burst(1 + what % LARGEST_BURST);
        return true;
    }
}
