package io.raftboot.replica.stage;

import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentActivity;
import io.raftboot.agent.Clock;
import io.raftboot.agent.Inbox;
import io.raftboot.api.meter.MemberMeter;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.snapshot.LogRelease;
import io.raftboot.replica.snapshot.SnapshotMark;
import io.raftboot.storage.log.LogUpdate;
import io.raftboot.storage.log.LogWrite;
import io.raftboot.storage.log.LogWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The second stage: writes what the core wants to be durable. All that has queued up goes into one batch under one
 * force; what came meanwhile makes the next. Owns the writing end of the log.
 */
public final class LogStage implements Agent, LogRelease, SnapshotMark {
    private final Inbox<Item> inbox = new Inbox<>();
    private final AgentActivity activity = new AgentActivity();
    private final LogWriter writer;
    private final LogEvents events;
    private final Clock clock;
    private final MemberMeter meter;

    /** When the work of the disk that is under way began; 0 if none is. Read by the watchdog. */
    private volatile long underWaySinceNanos;

    /** What the log stage tells the rest of its member. Called on the log stage; must not block. */
    public interface LogEvents {
        /**
         * A batch is durable.
         *
         * @param update for the reading end, before the responses are stepped
         * @param installed snapshots that the log begins anew behind, to be restored before the responses are stepped
         * @param responses of all messages of the batch, in their order
         * @param taken snapshots of this member that the log now knows
         */
        void durable(LogUpdate update, List<Snapshot> installed, List<Message> responses, List<Snapshot> taken);
    }

    private sealed interface Item {
        record Append(Message message) implements Item {}

        record Taken(Snapshot snapshot) implements Item {}

        record Release(long index) implements Item {}
    }

    public LogStage(LogWriter writer, LogEvents events, Clock clock, MemberMeter meter) {
        this.writer = writer;
        this.events = events;
        this.clock = clock;
        this.meter = meter;
    }

    /** Any thread: a MSG_STORAGE_APPEND. */
    void append(Message message) {
        inbox.put(new Item.Append(message));
    }

    /** Any thread: a local snapshot is durable as a file; the log must know it before older entries go. */
    @Override
    public void taken(Snapshot snapshot) {
        inbox.put(new Item.Taken(snapshot));
    }

    /** Any thread: nobody reads entries up to this index any more. */
    @Override
    public void release(long index) {
        inbox.put(new Item.Release(index));
    }

    /** Any thread: for how long the disk has been at the work that is under way; 0 if none is. */
    public long underWayNanos() {
        long since = underWaySinceNanos;
        return since == 0 ? 0 : Math.max(1, clock.nanoTime() - since);
    }

    @Override
    public void wakeWith(Runnable waker) {
        inbox.wakeWith(waker);
    }

    @Override
    public AgentActivity activity() {
        return activity;
    }

    @Override
    public String name() {
        return "log";
    }

    @Override
    public int doWork() throws IOException {
        var batch = new Batch();
        for (Item item = inbox.poll(); item != null; item = inbox.poll()) {
            batch.add(item);
        }
        if (!batch.writes.isEmpty()) {
            append(batch);
        }
        if (batch.releaseIndex > 0) {
            long unused = begin();
            writer.release(batch.releaseIndex);
            end();
        }
        return batch.size;
    }

    private void append(Batch batch) throws IOException {
        long begun = begin();
        var update = writer.append(batch.writes);
        end();
        meter.forced(batch.entries, clock.nanoTime() - begun);
        events.durable(update, batch.installed, batch.responses, batch.taken);
    }

    private long begin() {
        long now = clock.nanoTime();
        // Never 0, which says that nothing is under way.
        underWaySinceNanos = now | 1;
        return now;
    }

    private void end() {
        underWaySinceNanos = 0;
    }

    /** What one force covers. */
    private static final class Batch {
        private final List<LogWrite> writes = new ArrayList<>();
        private final List<Message> responses = new ArrayList<>();
        private final List<Snapshot> installed = new ArrayList<>(0);
        private final List<Snapshot> taken = new ArrayList<>(0);
        private long releaseIndex;
        private int size;
        private int entries;

        void add(Item item) {
            size++;
            if (item instanceof Item.Append append) {
                addAppend(append.message());
            } else if (item instanceof Item.Taken marker) {
                writes.add(new LogWrite(null, List.of(), null, marker.snapshot()));
                taken.add(marker.snapshot());
            } else if (item instanceof Item.Release release) {
                releaseIndex = Math.max(releaseIndex, release.index());
            }
        }

        private void addAppend(Message message) {
            @Nullable Snapshot snapshot = message.hasSnapshot() ? message.getSnapshot() : null;
            entries += message.getEntriesCount();
            writes.add(new LogWrite(hardState(message), message.getEntriesList(), snapshot, null));
            if (snapshot != null) {
                installed.add(snapshot);
            }
            responses.addAll(message.getResponsesList());
        }

        /** All three or none of its fields are in the message. */
        private static @Nullable HardState hardState(Message message) {
            if (message.getTerm() == 0 && message.getVote() == 0 && message.getCommit() == 0) {
                return null;
            }
            return HardState.newBuilder()
                    .setTerm(message.getTerm())
                    .setVote(message.getVote())
                    .setCommit(message.getCommit())
                    .build();
        }
    }
}
