package io.raftboot.raft.simulation;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Messages under way. Loses, repeats and reorders them as the settings say, and all those of links that are cut. */
final class SimulatedNetwork {
    private static final int MAX_MESSAGES_UNDER_WAY = 300;

    /** What became of a snapshot, for its sender; that always gets through, as it never leaves the sender's process. */
    record SnapshotReport(long fromId, long toId, boolean delivered) {}

    private final RandomGenerator random;
    private final List<Message> underWay = new ArrayList<>();
    private final List<SnapshotReport> reports = new ArrayList<>();
    private final Set<List<Long>> cutLinks = new HashSet<>();
    private SimulationSettings settings;
    private long lost;
    private long duplicated;
    private long reordered;

    SimulatedNetwork(SimulationSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    void send(Message message) {
        boolean cut = cutLinks.contains(List.of(message.getFrom(), message.getTo()));
        if (cut || happens(settings.lossPercent()) || underWay.size() >= MAX_MESSAGES_UNDER_WAY) {
            lost++;
            report(message, false);
            return;
        }
        underWay.add(message);
        if (happens(settings.duplicatePercent())) {
            duplicated++;
            underWay.add(message);
        }
    }

    private boolean happens(int percent) {
        return random.nextInt(100) < percent;
    }

    /** The next message to arrive, or null if none is under way. */
    @Nullable
    Message take() {
        if (underWay.isEmpty()) {
            return null;
        }
        int position = 0;
        if (happens(settings.reorderPercent())) {
            position = random.nextInt(underWay.size());
            reordered += position > 0 ? 1 : 0;
        }
        Message message = underWay.remove(position);
        report(message, true);
        return message;
    }

    boolean hasNext() {
        return !underWay.isEmpty() || !reports.isEmpty();
    }

    private void report(Message message, boolean delivered) {
        if (message.getType() == MessageType.MSG_SNAP) {
            reports.add(new SnapshotReport(message.getFrom(), message.getTo(), delivered));
        }
    }

    @Nullable
    SnapshotReport takeReport() {
        return reports.isEmpty() ? null : reports.remove(0);
    }

    void cut(long from, long to) {
        cutLinks.add(List.of(from, to));
    }

    void mendAll() {
        cutLinks.clear();
    }

    /** From now on everything arrives, once and in order. */
    void becomePerfect(SimulationSettings perfect) {
        mendAll();
        settings = perfect;
    }

    long lost() {
        return lost;
    }

    long duplicated() {
        return duplicated;
    }

    long reordered() {
        return reordered;
    }
}
