package io.raftboot.replica.snapshot;

import io.raftboot.agent.Clock;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.snapshot.SnapshotPin;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which snapshot which member gets from this one. A transfer that broke off is remembered, and its file kept, because the
 * receiver has a part of it and can go on there; of a newer file it would have nothing. Owned by the raft stage, but for
 * what says any thread.
 */
public final class SnapshotTransfers {
    private static final Logger log = LoggerFactory.getLogger(SnapshotTransfers.class);

    /** A second snapshot for the same member within this time is worth a warning. */
    static final long IN_A_ROW_NANOS = TimeUnit.MINUTES.toNanos(10);

    /** A file that was sent to its end so often without being accepted is not sent once more. */
    private static final int MAX_WHOLE = 2;

    private final SnapshotStore snapshots;
    private final Clock clock;
    private final Map<Long, Transfer> transfers = new HashMap<>();
    private final Map<Long, Installed> installed = new HashMap<>();

    private record Installed(long atNanos, boolean warned) {}

    /** One snapshot on its way to one member, in as many attempts as it takes. */
    static final class Transfer {
        private final Snapshot snapshot;
        private final SnapshotPin pin;
        private final Clock clock;
        private final long lengthBytes;
        private boolean underWay;
        private int whole;
        private volatile boolean readToEnd;
        private volatile boolean unreadable;
        private volatile long headwayNanos;

        private Transfer(Snapshot snapshot, SnapshotPin pin, Clock clock) {
            this.snapshot = snapshot;
            this.pin = pin;
            this.clock = clock;
            this.lengthBytes = pin.length();
            this.headwayNanos = clock.nanoTime();
        }

        /** Any thread: as much of the file as that was read to be sent. */
        void read(long upToBytes) {
            headwayNanos = clock.nanoTime();
            if (upToBytes >= lengthBytes) {
                readToEnd = true;
            }
        }

        /** Any thread: the file is gone, or ends too early, or the disk doesn't give it. */
        void unreadable() {
            unreadable = true;
        }

        /** Whether the file could not be read: there is no use in another attempt. */
        boolean isUnreadable() {
            return unreadable;
        }
    }

    public SnapshotTransfers(SnapshotStore snapshots, Clock clock) {
        this.snapshots = snapshots;
        this.clock = clock;
    }

    /**
     * A transfer begins, or goes on.
     *
     * @throws IOException if the snapshot has no file; nothing has begun
     */
    Transfer begin(long to, Snapshot snapshot) throws IOException {
        var known = transfers.get(to);
        if (known == null || !known.snapshot.equals(snapshot)) {
            var begun = new Transfer(snapshot, snapshots.pin(snapshot), clock);
            forget(to);
            transfers.put(to, begun);
            warnOfAnother(to);
            known = begun;
        }
        known.underWay = true;
        known.readToEnd = false;
        return known;
    }

    /** The member has the snapshot. */
    void arrived(long to, Transfer transfer) {
        if (isCurrent(to, transfer)) {
            forget(to);
        }
        var before = installed.get(to);
        boolean warned = before != null && before.warned && isRecent(before);
        installed.put(to, new Installed(clock.nanoTime(), warned));
    }

    /** The transfer has ended, and the member does not have the snapshot. */
    void brokeOff(long to, Transfer transfer) {
        if (!isCurrent(to, transfer)) {
            return;
        }
        transfer.underWay = false;
        if (transfer.unreadable || (transfer.readToEnd && ++transfer.whole >= MAX_WHOLE)) {
            forget(to);
        }
    }

    /** When the transfer to the member last got further; the present time if none is known. */
    long headwayNanos(long to) {
        var transfer = transfers.get(to);
        return transfer == null ? clock.nanoTime() : transfer.headwayNanos;
    }

    /**
     * Gives up what broke off and is of no use any more.
     *
     * @param useful by member and index of the snapshot
     */
    void keepOnly(BiPredicate<Long, Long> useful) {
        transfers.entrySet().removeIf(entry -> {
            var transfer = entry.getValue();
            boolean over = !transfer.underWay
                    && !useful.test(
                            entry.getKey(), transfer.snapshot.getMetadata().getIndex());
            if (over) {
                close(transfer);
            }
            return over;
        });
    }

    /** The newest snapshot of which a member has a part; null if there is none. */
    @Nullable
    Snapshot brokenOff() {
        Snapshot newest = null;
        for (var transfer : transfers.values()) {
            boolean newer = newest == null
                    || transfer.snapshot.getMetadata().getIndex()
                            > newest.getMetadata().getIndex();
            if (!transfer.underWay && newer) {
                newest = transfer.snapshot;
            }
        }
        return newest;
    }

    /** The member stops: no file is kept open. */
    void end() {
        transfers.values().forEach(SnapshotTransfers::close);
        transfers.clear();
    }

    private void forget(long to) {
        var transfer = transfers.remove(to);
        if (transfer != null) {
            close(transfer);
        }
    }

    /** One that another has taken the place of, after a change of leadership for instance, may end late. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isCurrent(long to, Transfer transfer) {
        return transfers.get(to) == transfer;
    }

    private void warnOfAnother(long to) {
        var before = installed.get(to);
        if (before == null || before.warned || !isRecent(before)) {
            return;
        }
        installed.put(to, new Installed(before.atNanos, true));
        log.warn(
                "node {} needs another snapshot, {} s after it got one: it falls behind faster than it catches up. Raise"
                        + " raft.snapshot.max-kept-log, the log that is kept for it; or raft.snapshot.transfer-rate if that"
                        + " is set",
                to,
                TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime() - before.atNanos));
    }

    private boolean isRecent(Installed before) {
        return clock.nanoTime() - before.atNanos < IN_A_ROW_NANOS;
    }

    private static void close(Transfer transfer) {
        try {
            transfer.pin.close();
        } catch (IOException e) {
            log.warn("the file of a snapshot that was being sent could not be closed", e);
        }
    }
}
