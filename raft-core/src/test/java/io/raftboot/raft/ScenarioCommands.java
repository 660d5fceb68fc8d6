package io.raftboot.raft;

import com.google.protobuf.ByteString;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.raft.quorum.IdSet;
import io.raftboot.raft.testing.TestCommand;
import io.raftboot.raft.testing.Transcripts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/**
 * The commands of scenario files, carried out on one {@link Scenario}. Beyond those of the recordings there are
 * {@code report-snapshot A B success|failure}, and the arguments {@code max-size-per-msg}, {@code max-uncommitted-size},
 * {@code max-inflight-bytes} and {@code disable-proposal-forwarding} of {@code add-nodes}.
 */
final class ScenarioCommands implements Transcripts.Handler {
    private static final int ELECTION_TICKS = 3;
    private static final int HEARTBEAT_TICKS = 1;
    /** The scenarios settle all time-outs, so any source does. */
    private static final long SEED = 1;

    private final Scenario scenario = new Scenario();
    private final ScenarioOutput output = scenario.output();

    @Override
    public String handle(TestCommand command) {
        String error = "";
        try {
            carryOut(command);
        } catch (RaftException | IllegalStateException | IllegalArgumentException e) {
            error = String.valueOf(e.getMessage());
        }
        // Errors are shown even if nothing else is.
        return output.take() + error;
    }

    private void carryOut(TestCommand command) throws RaftException {
        switch (command.command()) {
            case "add-nodes" -> addNodes(command);
            case "campaign" -> rawNode(command).campaign();
            case "compact" -> compact(command);
            case "deliver-msgs" -> deliver(command);
            case "forget-leader" -> rawNode(command).forgetLeader();
            case "log-level" -> output.setLevel(command.words().get(0));
            case "process-append-thread" -> each(command, "processing append thread", scenario::processAppendThread);
            case "process-apply-thread" -> each(command, "processing apply thread", scenario::processApplyThread);
            case "process-ready" -> each(command, "handling Ready", scenario::processReady);
            case "propose" -> rawNode(command).propose(text(command, 1));
            case "propose-conf-change" -> proposeConfChange(command);
            case "raft-log" -> printLog(node(command));
            case "raft-state" -> scenario.nodes().forEach(this::printState);
            case "read-index" -> rawNode(command).readIndex(text(command, 1));
            case "report-snapshot" ->
                rawNode(command)
                        .reportSnapshot(
                                id(command, 1),
                                command.words().get(2).equals("failure")
                                        ? SnapshotStatus.FAILURE
                                        : SnapshotStatus.FINISH);
            case "report-unreachable" -> rawNode(command).reportUnreachable(id(command, 1));
            case "restart" -> node(command).restart();
            case "send-snapshot" -> sendSnapshot(id(command, 0), id(command, 1));
            case "set-randomized-election-timeout" ->
                rawNode(command).raft().timer().pinTimeout((int) command.number("timeout", 0));
            case "stabilize" -> stabilize(command);
            case "status" ->
                rawNode(command)
                        .status()
                        .progress()
                        .forEach((id, progress) -> output.writeLine(Long.toUnsignedString(id) + ": " + progress));
            case "tick-election" -> tick(command, ELECTION_TICKS);
            case "tick-heartbeat" -> tick(command, HEARTBEAT_TICKS);
            case "transfer-leadership" ->
                scenario.node(command.number("from", 0)).rawNode().transferLeadership(command.number("to", 0));
            default -> throw new AssertionError(command.position() + ": unknown command " + command.command());
        }
    }

    private void addNodes(TestCommand command) throws RaftException {
        RaftConfig template = RaftConfig.builder()
                .electionTicks(ELECTION_TICKS)
                .heartbeatTicks(HEARTBEAT_TICKS)
                .maxSizePerMessageBytes(command.number("max-size-per-msg", RaftConfig.NO_LIMIT))
                .maxUncommittedEntriesSizeBytes(command.number("max-uncommitted-size", 0))
                .maxInflightBytes(command.number("max-inflight-bytes", 0))
                .disableProposalForwarding(command.flag("disable-proposal-forwarding", false))
                .maxInflightMessages((int) command.number("inflight", Integer.MAX_VALUE))
                .preVote(command.flag("prevote", false))
                .checkQuorum(command.flag("checkquorum", false))
                .asyncStorageWrites(command.flag("async-storage-writes", false))
                .maxCommittedSizePerReadyBytes(command.number("max-committed-size-per-ready", 0))
                .disableConfChangeValidation(command.flag("disable-conf-change-validation", false))
                .stepDownOnRemoval(command.flag("step-down-on-removal", false))
                .readOnlyOption(
                        command.value("read-only", "safe").equals("lease-based")
                                ? ReadOnlyOption.LEASE_BASED
                                : ReadOnlyOption.SAFE)
                .random(new SplittableRandom(SEED))
                .build();
        Snapshot snapshot = firstSnapshot(command);
        for (long count = id(command, 0); count > 0; count--) {
            scenario.addNode(template, snapshot);
        }
    }

    private static Snapshot firstSnapshot(TestCommand command) {
        if (!command.has("voters") && !command.has("learners") && !command.has("index") && !command.has("content")) {
            return Snapshot.getDefaultInstance();
        }
        if (command.number("index", 0) <= 1) {
            throw new IllegalArgumentException("index must be specified as > 1 due to bootstrap");
        }
        return Snapshot.newBuilder()
                .setData(ByteString.copyFromUtf8(command.value("content", "")))
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(command.number("index", 0))
                        .setTerm(1)
                        .setConfState(ConfState.newBuilder()
                                .addAllVoters(command.numbers("voters"))
                                .addAllLearners(command.numbers("learners"))))
                .build();
    }

    private void compact(TestCommand command) throws RaftException {
        node(command).storage().compact(id(command, 1));
        printLog(node(command));
    }

    private void deliver(TestCommand command) {
        List<Scenario.Recipient> recipients = new ArrayList<>();
        for (TestCommand.Argument argument : command.arguments()) {
            if (argument.isWord()) {
                recipients.add(new Scenario.Recipient(Long.parseUnsignedLong(argument.key()), false));
            } else if (argument.key().equals("drop")) {
                argument.values()
                        .forEach(value -> recipients.add(new Scenario.Recipient(Long.parseUnsignedLong(value), true)));
            }
        }
        String typeName = command.value("type", "");
        MessageType type = Arrays.stream(MessageType.values())
                .filter(candidate -> LogText.name(candidate).equals(typeName))
                .findFirst()
                .orElse(null);
        if (scenario.deliver(type, recipients) == 0) {
            output.writeLine("no messages");
        }
    }

    private void each(TestCommand command, String what, LongConsumer process) {
        List<Long> ids = ids(command);
        for (long id : ids) {
            if (ids.size() > 1) {
                output.writeLine("> " + id + " " + what);
                output.indented(() -> process.accept(id));
            } else {
                process.accept(id);
            }
        }
    }

    private void proposeConfChange(TestCommand command) throws RaftException {
        List<ConfChangeSingle> changes = ConfChanges.parse(command.input());
        ConfChangeTransition transition =
                switch (command.value("transition", "auto")) {
                    case "auto" -> ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO;
                    case "implicit" -> ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_IMPLICIT;
                    case "explicit" -> ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_EXPLICIT;
                    default -> throw new IllegalArgumentException("unknown transition");
                };
        if (!command.flag("v1", false)) {
            rawNode(command)
                    .proposeConfChange(ConfChangeV2.newBuilder()
                            .setTransition(transition)
                            .addAllChanges(changes)
                            .build());
            return;
        }
        if (changes.size() > 1 || transition != ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO) {
            throw new IllegalArgumentException("v1 conf change can only have one operation and no transition");
        }
        rawNode(command)
                .proposeConfChange(ConfChange.newBuilder()
                        .setType(changes.get(0).getType())
                        .setNodeId(changes.get(0).getNodeId())
                        .build());
    }

    private void printLog(ScenarioNode node) throws RaftException {
        long first = node.storage().firstIndex();
        long last = node.storage().lastIndex();
        if (last < first) {
            output.writeLine("log is empty: first index=" + first + ", last index=" + last);
        } else {
            output.write(Describe.entries(node.storage().entries(first, last + 1, RaftConfig.NO_LIMIT)));
        }
    }

    private void printState(ScenarioNode node) {
        BasicStatus status = node.rawNode().basicStatus();
        IdSet voters = node.rawNode().status().config().voters().ids();
        output.writeLine("%d: %s (%s) Term:%d Lead:%d"
                .formatted(
                        status.id(),
                        LogText.name(status.softState().role()),
                        voters.contains(status.id()) ? "Voter" : "Non-Voter",
                        status.hardState().getTerm(),
                        status.softState().leaderId()));
    }

    private void sendSnapshot(long from, long to) {
        Message message = Message.newBuilder()
                .setType(MessageType.MSG_SNAP)
                .setTerm(scenario.node(from).rawNode().basicStatus().hardState().getTerm())
                .setFrom(from)
                .setTo(to)
                .setSnapshot(scenario.node(from).newestState())
                .build();
        scenario.send(message);
        output.write(Describe.message(message));
    }

    private void stabilize(TestCommand command) {
        String level = output.level();
        output.setLevel(command.value("log-level", level));
        List<Long> ids = ids(command);
        try {
            scenario.stabilize(
                    ids.isEmpty()
                            ? LongStream.rangeClosed(1, scenario.nodes().size())
                                    .boxed()
                                    .toList()
                            : ids);
        } finally {
            output.setLevel(level);
        }
    }

    private void tick(TestCommand command, int ticks) {
        for (int i = 0; i < ticks; i++) {
            rawNode(command).tick();
        }
    }

    private ScenarioNode node(TestCommand command) {
        return scenario.node(id(command, 0));
    }

    private RawNode rawNode(TestCommand command) {
        return node(command).rawNode();
    }

    private static List<Long> ids(TestCommand command) {
        return command.words().stream().map(Long::parseUnsignedLong).toList();
    }

    private static long id(TestCommand command, int position) {
        return Long.parseUnsignedLong(command.words().get(position));
    }

    private static ByteString text(TestCommand command, int position) {
        return ByteString.copyFromUtf8(command.words().get(position));
    }
}
