package io.raftboot.simulation;

import io.raftboot.api.DiskExhaustedException;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.OutOfSpaceException;
import java.io.IOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a {@link SimulatedDisk} now; nothing, until somebody says so. Takes effect from the next operation on, whichever
 * process does it, and stays over crashes, but for a death that was ordered. Of one thread at a time.
 */
public final class DiskFaults {
    static final String ROT = "rot";
    private static final long NO_END = Long.MIN_VALUE;

    /** The size of a disk that can be full. */
    public static final long TOTAL_BYTES = 1024L * 1024 * 1024;

    private final SimulatedDisk disk;
    private final RandomGenerator random;
    private final Set<DiskOperation> failing = EnumSet.noneOf(DiskOperation.class);
    private final Map<DiskOperation, Integer> failures = new EnumMap<>(DiskOperation.class);
    private final Map<String, Long> fired = new TreeMap<>();
    private long leastNanos;
    private long mostNanos;
    private @Nullable Hang hang;
    private @Nullable Death death;
    private @Nullable Pause pause;

    /** What others have on the disk; negative while there is no end to it. */
    private long takenByOthers = NO_END;

    private boolean lies;
    private boolean hasBeenFull;
    private long operations;
    private boolean armed;

    private record Hang(CompletableFuture<Void> over, long nanos) {}

    /** @param operation at which it comes, counted from the first that the disk ever did */
    private record Pause(long operation, long nanos) {}

    /**
     * Where a process dies.
     *
     * @param operation at which it comes, counted from the first that the disk ever did
     */
    record Death(long operation, DeathPoint point, Fate fate) {}

    DiskFaults(SimulatedDisk disk, RandomGenerator random) {
        this.disk = disk;
        this.random = random;
    }

    /** Each operation takes a time that is drawn, from {@code least} to {@code most} nanoseconds; 0 and 0 for no time at all. */
    public void slow(long least, long most) {
        if (least < 0 || most < least) {
            throw new IllegalArgumentException("an operation takes no less than nothing, not " + least + " to " + most);
        }
        leastNanos = least;
        mostNanos = most;
        arm();
    }

    /** Each operation that begins from now on stands for so long, or until {@link #goOn}, or until its process dies. */
    public void hang(long nanos) {
        var present = hang;
        hang = new Hang(present == null ? new CompletableFuture<>() : present.over, nanos);
        arm();
    }

    /** The disk hangs no longer: what stands goes on. */
    public void goOn() {
        var over = hang;
        hang = null;
        arm();
        if (over != null) {
            over.over.complete(null);
        }
    }

    /**
     * The next operation of a kind fails. One that writes has done a part of it; after a force that failed nobody knows what of the
     * bytes before it is durable, and no later force does anything for them.
     */
    public void failNext(DiskOperation kind) {
        failures.merge(kind, 1, Integer::sum);
        arm();
    }

    /** All operations of a kind fail, until {@link #heal}. */
    public void failAlways(DiskOperation kind) {
        failing.add(kind);
        arm();
    }

    /**
     * Others leave no more room than this now; what the files of this disk give back is free again. What needs more room than there
     * is writes as much as there is room for, and fails.
     */
    public void full(long freeBytes) {
        takenByOthers = TOTAL_BYTES - disk.usedBytes() - freeBytes;
        hasBeenFull = true;
        arm();
    }

    /** From now on a force makes nothing durable, and says that it has: to see that this is missed. */
    public void lie() {
        lies = true;
        arm();
    }

    /** Others take no room any more, and nothing fails, hangs or takes its time; what was ordered for later does not come. */
    public void heal() {
        failing.clear();
        failures.clear();
        leastNanos = 0;
        mostNanos = 0;
        takenByOthers = NO_END;
        lies = false;
        death = null;
        pause = null;
        goOn();
    }

    /**
     * The process dies at an operation that changes something: the next is number 1.
     *
     * @param fate of what was not forced by then
     */
    public void dieAt(long operation, DeathPoint point, Fate fate) {
        death = new Death(operations + operation, point, fate);
        arm();
    }

    /** The process stands still in the midst of a step, before an operation that changes something: the next is number 1. */
    public void standStillAt(long operation, long nanos) {
        pause = new Pause(operations + operation, nanos);
        arm();
    }

    private void arm() {
        armed = mostNanos > 0
                || hang != null
                || lies
                || death != null
                || pause != null
                || takenByOthers != NO_END
                || !failing.isEmpty()
                || !failures.isEmpty();
    }

    /** How many operations that change something were begun so far. */
    public long operations() {
        return operations;
    }

    /** What really happened so far, and how often. */
    public Map<String, Long> fired() {
        return Map.copyOf(fired);
    }

    /** Whether the failure of a member may follow from what this disk has done to it. */
    public boolean explains(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DiskFault
                    || (hasBeenFull && isOfAFullDisk(cause))
                    || (fired.containsKey(ROT) && cause instanceof CorruptionException)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfAFullDisk(Throwable cause) {
        // A start writes who the directory belongs to before anybody watches the room.
        boolean raw = cause instanceof IOException
                && cause.getMessage() != null
                && cause.getMessage().endsWith(MountedDisk.NO_SPACE);
        return raw || cause instanceof OutOfSpaceException || cause instanceof DiskExhaustedException;
    }

    /** Whether nothing is wrong, and an operation is nothing but done. */
    boolean areNone() {
        return !armed;
    }

    /** An operation that changes something begins. */
    void count() {
        operations++;
    }

    /** How long the operation that begins now takes. */
    long drawNanos() {
        if (mostNanos == 0) {
            return 0;
        }
        fire("slow");
        return random.nextLong(leastNanos, mostNanos + 1);
    }

    /** Has the process stand as long as the disk hangs. */
    void standIn(SimulatedHost host) {
        var present = hang;
        if (present != null) {
            fire("hang");
            host.stand(present.over, present.nanos);
        }
    }

    /** Whether the force that is asked for is not done. */
    boolean lies() {
        if (lies) {
            fire("lie");
        }
        return lies;
    }

    boolean hangs() {
        return hang != null;
    }

    /** For how long the process stands still before the operation that was counted last. */
    long pauseNanos() {
        var present = pause;
        if (present == null || present.operation != operations) {
            return 0;
        }
        pause = null;
        arm();
        fire("pause");
        return present.nanos;
    }

    /** The death at the operation that was counted last; null if the process lives on. */
    @Nullable
    Death death() {
        var present = death;
        if (present == null || present.operation != operations) {
            return null;
        }
        death = null;
        arm();
        fire("death " + present.point);
        return present;
    }

    /** Whether an operation fails. */
    boolean fails(DiskOperation kind) {
        boolean once = failures.containsKey(kind);
        if (once) {
            failures.computeIfPresent(kind, (key, count) -> count == 1 ? null : count - 1);
            arm();
        }
        boolean fails = once || failing.contains(kind);
        if (fails) {
            fire("failed " + kind.text());
        }
        return fails;
    }

    /** Room that is left. */
    long freeBytes() {
        return takenByOthers == NO_END ? Long.MAX_VALUE : Math.max(0, TOTAL_BYTES - takenByOthers - disk.usedBytes());
    }

    void fire(String what) {
        fired.merge(what, 1L, Long::sum);
    }

    RandomGenerator random() {
        return random;
    }
}
