package io.raftboot.replica.stage;

import io.raftboot.raft.Node;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.machine.Members;
import io.raftboot.storage.log.LogUpdate;
import io.raftboot.storage.log.LogWriter;
import io.raftboot.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Carries what one stage has done to the others that have to go on with it. On the stage that tells; waits for nothing. */
public final class StageEvents implements ApplyEvents, LogStage.LogEvents {
    private final long nodeId;
    private final Transport transport;
    private final LogWriter writer;
    private final Listener listener;
    private @Nullable Stages stages;

    /** Owned by the log stage. */
    private long lastLogSizeBytes;

    /** Told what others than the stages want to know. Must not block. */
    public interface Listener {
        /** On the log stage: the log has grown by a segment. */
        void logGrew();

        /** On the apply stage: the table of members may be another one. */
        void membersChanged();
    }

    private record Stages(Node node, RaftStage raft, ApplyStage apply) {}

    public StageEvents(long nodeId, Transport transport, LogWriter writer, Listener listener) {
        this.nodeId = nodeId;
        this.transport = transport;
        this.writer = writer;
        this.listener = listener;
    }

    /** Before any stage is carried: these are told from now on. */
    public void connect(Node node, RaftStage raft, ApplyStage apply) {
        stages = new Stages(node, raft, apply);
    }

    @Override
    public void durable(LogUpdate update, List<Snapshot> installed, List<Message> responses, List<Snapshot> taken) {
        installed.forEach(stages().apply()::install);
        var own = new ArrayList<Message>(responses.size());
        var others = new ArrayList<Message>();
        for (Message response : responses) {
            (response.getTo() == nodeId ? own : others).add(response);
        }
        if (!others.isEmpty()) {
            // Straight from here: an acknowledgement that took the way over the raft stage would cost a wake-up more.
            transport.send(others);
        }
        stages().raft().durable(update, own, taken);
        long logSizeBytes = writer.sizeBytes();
        if (logSizeBytes != lastLogSizeBytes) {
            // Another segment: a log that grows fast would fill the disk between two ticks.
            lastLogSizeBytes = logSizeBytes;
            listener.logGrew();
        }
    }

    @Override
    public void applied(List<Message> responses) {
        responses.forEach(stages().node()::step);
    }

    @Override
    public void configurationChange(ConfChangeV2 change, long index) {
        stages().node().applyConfChange(change, index);
    }

    @Override
    public void membersChanged(Members members) {
        listener.membersChanged();
    }

    private Stages stages() {
        return Objects.requireNonNull(stages, "the stages are not connected");
    }
}
