package io.raftboot.replica.snapshot;

import io.raftboot.agent.Clock;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.machine.AppliedPosition;
import io.raftboot.replica.machine.MachineSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** When a snapshot is due, and of which kind. Owned by the apply stage, but for what says any thread. */
public final class SnapshotTrigger {
    private final SnapshotCadence cadence;
    private final Clock clock;
    private final SnapshotBackOff backOff;

    private volatile Received received = () -> null;

    /** Snapshots that came from other members. Any thread. */
    @FunctionalInterface
    public interface Received {
        /** Why the newest is of no use here; null if it is. */
        @Nullable
        String refusal();
    }

    /** @param atNanos null of one that came from another member or an earlier run */
    private record Written(long index, long sizeBytes, @Nullable Long atNanos) {}

    /** Whether all state machines have snapshots. */
    private boolean possible;

    /** Whether a snapshot that is to be sent is another one than that for this member's own restart. */
    private boolean exports;

    private volatile AppliedPosition applied = AppliedPosition.START;
    private volatile long appliedNanos;

    /** Where the last one was captured or restored, whatever became of it. */
    private volatile AppliedPosition captured = AppliedPosition.START;

    /** Whether the one that is being made came in due course, so that it is tried again if it fails. */
    private boolean inDueCourse;

    /** Whether one that came in due course has failed, and none was taken since. */
    private volatile boolean retry;

    private long wantedIndex;
    private boolean early;
    private List<CompletableFuture<SnapshotOutcome>> requests = new ArrayList<>();
    private volatile boolean writing;
    private volatile Written newest = new Written(0, 0, null);
    private Written newestComplete = newest;

    /**
     * What is to be done now.
     *
     * @param kind what the file holds
     * @param requests of those who are told when it is there
     */
    public record Due(SnapshotKind kind, List<CompletableFuture<SnapshotOutcome>> requests) {}

    public SnapshotTrigger(SnapshotPolicy policy, long nodeId, Clock clock) {
        this.cadence = new SnapshotCadence(policy, nodeId);
        this.clock = clock;
        this.backOff = new SnapshotBackOff(clock);
    }

    /** Before the stage runs. */
    public void machines(Iterable<MachineSlot> slots) {
        possible = true;
        for (MachineSlot slot : slots) {
            possible &= slot.machine().hasSnapshots();
            exports |= slot.isDurable();
        }
    }

    /** The configuration in force. */
    public void configured(ConfState configuration) {
        cadence.members(configuration);
    }

    /** A snapshot is to be sent that covers this index; asking again for the same is asking once. */
    public void wanted(long index) {
        wantedIndex = Math.max(wantedIndex, index);
    }

    /** The next one that comes in due course is to come now, to make room in the log. */
    public void early() {
        early = true;
    }

    /** Somebody asks for a snapshot of all that is applied. */
    public void requested(CompletableFuture<SnapshotOutcome> request) {
        if (!possible) {
            request.complete(new SnapshotOutcome.NotTaken("a state machine has no snapshots"));
        } else if (applied.index() == 0) {
            request.complete(new SnapshotOutcome.NotTaken("nothing is applied yet"));
        } else {
            requests.add(request);
        }
    }

    /** The state came from a snapshot. */
    public void restoredAt(AppliedPosition position, SnapshotKind kind, long sizeBytes) {
        applied(position);
        captured = position;
        retry = false;
        note(kind, new Written(position.index(), sizeBytes, null));
    }

    /** Entries were applied up to here. */
    public void applied(AppliedPosition position) {
        applied = position;
        appliedNanos = clock.nanoTime();
        if (captured.timeMillis() == 0) {
            captured = new AppliedPosition(captured.index(), captured.bytes(), position.timeMillis());
        }
    }

    /** Any thread: index of the newest snapshot there is; 0 if there is none. */
    public long writtenIndex() {
        return newest.index();
    }

    /** Any thread: for how long there has been the newest snapshot; null if it was not made by this run. */
    public @Nullable Long writtenAgeNanos() {
        var atNanos = newest.atNanos();
        return atNanos == null ? null : clock.nanoTime() - atNanos;
    }

    /** Before the stage runs: where to learn why a snapshot of another member is of no use here. */
    public void received(Received newReceived) {
        received = newReceived;
    }

    /** Any thread: why the newest try failed, or why the newest that came from another member is of no use; null if neither is so. */
    @Nullable
    public String failure() {
        String own = backOff.failure();
        return own == null ? received.refusal() : own;
    }

    /** Any thread: whether time alone has made one due, so that the stage has to be woken. */
    public boolean dueByTime() {
        if (writing || !backOff.isOver()) {
            return false;
        }
        return retry || (applied.index() > captured.index() && cadence.dueByTime(captured, now()));
    }

    /** What to capture now, or null. One that fails is due still, after a while; nobody else's request waits for that. */
    @Nullable
    public Due due() {
        if (!possible || writing) {
            return null;
        }
        var now = now();
        answerIfThere(now.index());
        boolean wanted = wantedIndex > newestComplete.index() && now.index() >= wantedIndex;
        boolean complete = (wanted && backOff.isOver()) || !requests.isEmpty();
        inDueCourse = backOff.isOver()
                && (retry || (now.index() > captured.index() && (early || cadence.due(captured, now))));
        if (!complete && !inDueCourse) {
            return null;
        }
        writing = true;
        early = false;
        captured = now;
        var kind = complete || !exports ? SnapshotKind.COMPLETE : SnapshotKind.LOCAL;
        if (complete) {
            // Whoever wants one, and it fails, wants it again.
            wantedIndex = 0;
        }
        var told = requests;
        requests = new ArrayList<>();
        return new Due(kind, told);
    }

    /** The snapshot that was due is written. */
    public void written(SnapshotKind kind, long index, long sizeBytes) {
        writing = false;
        retry = false;
        backOff.succeeded();
        note(kind, new Written(index, sizeBytes, clock.nanoTime()));
    }

    /** The snapshot that was due could not be captured or written; the next try is a while later. */
    public void failed(String why) {
        retry |= inDueCourse;
        backOff.failed(why);
        givenUp();
    }

    /** The snapshot that was due is not made. */
    public void givenUp() {
        writing = false;
    }

    /** The stage ends: nobody waits any more. */
    public void end(String why) {
        requests.forEach(request -> request.complete(new SnapshotOutcome.NotTaken(why)));
        requests.clear();
    }

    private void note(SnapshotKind kind, Written written) {
        long index = written.index();
        // An installed one may have overtaken one that was being written.
        if (index >= newest.index()) {
            newest = written;
        }
        if (kind == SnapshotKind.COMPLETE && index >= newestComplete.index()) {
            newestComplete = written;
        }
    }

    private void answerIfThere(long index) {
        var there = newestComplete;
        if (there.index() == index) {
            requests.forEach(request -> request.complete(new SnapshotOutcome.Taken(index, there.sizeBytes())));
            requests.clear();
        }
    }

    /** Agreed time goes on between entries, too. */
    private AppliedPosition now() {
        var last = applied;
        long elapsedMillis = TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - appliedNanos);
        return new AppliedPosition(last.index(), last.bytes(), last.timeMillis() + Math.max(0, elapsedMillis));
    }
}
