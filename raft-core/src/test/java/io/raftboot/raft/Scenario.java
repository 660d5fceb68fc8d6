package io.raftboot.raft;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A group of nodes and one list of messages in flight between them, moved along step by step. */
final class Scenario {
    private final List<ScenarioNode> nodes = new ArrayList<>();
    private final List<Message> inFlight = new ArrayList<>();
    private final ScenarioOutput output = new ScenarioOutput();
    private Predicate<Message> lost = message -> false;

    /** A member to deliver to, or for which to drop. */
    record Recipient(long id, boolean drop) {}

    ScenarioOutput output() {
        return output;
    }

    List<ScenarioNode> nodes() {
        return nodes;
    }

    ScenarioNode node(long id) {
        return nodes.get((int) id - 1);
    }

    void addNode(RaftConfig template, Snapshot snapshot) throws RaftException {
        nodes.add(new ScenarioNode(
                template.toBuilder().id(nodes.size() + 1L).logger(output).build(), snapshot));
    }

    /** What the network loses from now on of that which is sent between nodes. */
    void lose(Predicate<Message> which) {
        lost = which;
    }

    void send(Message message) {
        if (isLocal(message) || !lost.test(message)) {
            inFlight.add(message);
        }
    }

    void processReady(long id) {
        ScenarioNode node = node(id);
        Ready ready = node.rawNode().ready();
        output.write(Describe.ready(ready));
        boolean async = node.config().asyncStorageWrites();
        if (!async) {
            store(
                    node,
                    ready.hardState() == null ? HardState.getDefaultInstance() : ready.hardState(),
                    ready.entries(),
                    ready.snapshot() == null ? Snapshot.getDefaultInstance() : ready.snapshot());
            node.apply(ready.committedEntries());
        }
        for (Message message : ready.messages()) {
            if (message.getTo() == NodeIds.LOCAL_APPEND_THREAD) {
                node.appendWork().add(message);
            } else if (message.getTo() == NodeIds.LOCAL_APPLY_THREAD) {
                node.applyWork().add(message);
            } else {
                send(message);
            }
        }
        if (!async) {
            node.rawNode().advance();
        }
    }

    void processAppendThread(long id) {
        ScenarioNode node = node(id);
        Message message = node.appendWork().poll();
        if (message == null) {
            output.write("no append work to perform");
            return;
        }
        processing(message);
        HardState hardState = HardState.newBuilder()
                .setTerm(message.getTerm())
                .setVote(message.getVote())
                .setCommit(message.getCommit())
                .build();
        store(node, hardState, message.getEntriesList(), message.getSnapshot());
        responding(message);
    }

    void processApplyThread(long id) {
        ScenarioNode node = node(id);
        Message message = node.applyWork().poll();
        if (message == null) {
            output.write("no apply work to perform");
            return;
        }
        processing(message);
        node.apply(message.getEntriesList());
        responding(message);
    }

    private void processing(Message message) {
        output.writeLine("Processing:");
        output.writeLine(Describe.message(message.toBuilder().clearResponses().build()));
    }

    private void responding(Message message) {
        output.writeLine("Responses:");
        message.getResponsesList().forEach(response -> output.writeLine(Describe.message(response)));
        message.getResponsesList().forEach(this::send);
    }

    private static void store(ScenarioNode node, HardState hardState, List<Entry> entries, Snapshot snapshot) {
        try {
            node.store(hardState, entries, snapshot);
        } catch (RaftException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Delivers or drops, and says how many messages that concerned. */
    int deliver(@Nullable MessageType type, List<Recipient> recipients) {
        int handled = 0;
        for (Recipient recipient : recipients) {
            List<Message> messages = takeInFlight(message -> message.getTo() == recipient.id()
                    && !(recipient.drop() && isLocal(message))
                    && (type == null || message.getType() == type));
            handled += messages.size();
            for (Message message : messages) {
                output.writeLine((recipient.drop() ? "dropped: " : "") + Describe.message(message));
                if (!recipient.drop()) {
                    step(message);
                }
            }
        }
        return handled;
    }

    /** What is on its way between nodes, in the order in which it was sent. */
    List<Message> inFlight() {
        return List.copyOf(inFlight);
    }

    private void step(Message message) {
        try {
            node(message.getTo()).rawNode().step(message);
        } catch (RaftException e) {
            output.writeLine(String.valueOf(e.getMessage()));
        }
    }

    private List<Message> takeInFlight(Predicate<Message> which) {
        List<Message> taken = inFlight.stream().filter(which).toList();
        inFlight.removeIf(which);
        return taken;
    }

    private static boolean isLocal(Message message) {
        return message.getFrom() == message.getTo()
                || NodeIds.isLocalTarget(message.getFrom())
                || NodeIds.isLocalTarget(message.getTo());
    }

    /** Goes on until none of these nodes has anything left to do. */
    void stabilize(List<Long> ids) {
        boolean active;
        do {
            active = false;
            for (long id : ids) {
                if (node(id).rawNode().hasReady()) {
                    active = true;
                    output.writeLine("> " + id + " handling Ready");
                    output.indented(() -> processReady(id));
                }
            }
            for (long id : ids) {
                if (inFlight.stream().anyMatch(message -> message.getTo() == id)) {
                    active = true;
                    output.writeLine("> " + id + " receiving messages");
                    output.indented(() -> deliver(null, List.of(new Recipient(id, false))));
                }
            }
            for (long id : ids) {
                active |= drain(id, node(id).appendWork(), "append", () -> processAppendThread(id));
            }
            for (long id : ids) {
                active |= drain(id, node(id).applyWork(), "apply", () -> processApplyThread(id));
            }
        } while (active);
    }

    private boolean drain(long id, Deque<Message> work, String thread, Runnable process) {
        if (work.isEmpty()) {
            return false;
        }
        output.writeLine("> " + id + " processing " + thread + " thread");
        while (!work.isEmpty()) {
            output.indented(process);
        }
        return true;
    }
}
