package io.raftboot.raft.confchange;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be said of a configuration change by looking at it, and its short form {@code v1 l2 r3 u4}. */
public final class ConfChanges {
    private ConfChanges() {}

    /**
     * The configuration change that an entry of either form holds, in the newer form.
     *
     * @throws InvalidProtocolBufferException if its data can't be read
     * @throws ConfChangeException if it says something that this version does not know
     */
    public static ConfChangeV2 in(Entry entry) throws InvalidProtocolBufferException {
        if (entry.getType() == EntryType.ENTRY_CONF_CHANGE) {
            return asV2(ConfChange.parseFrom(entry.getData()));
        }
        var change = ConfChangeV2.parseFrom(entry.getData());
        checkKnown(change);
        return change;
    }

    /**
     * The same change in the newer form, with the transition said.
     *
     * @throws ConfChangeException if it is of a type that this version does not know
     */
    public static ConfChangeV2 asV2(ConfChange change) {
        checkKnown(change.getUnknownFields(), ConfChange.TYPE_FIELD_NUMBER, "conf type");
        ConfChangeV2.Builder builder = ConfChangeV2.newBuilder()
                .setTransition(ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO)
                .addChanges(single(change.getType(), change.getNodeId()));
        if (change.hasContext()) {
            builder.setContext(change.getContext());
        }
        return builder.build();
    }

    /**
     * Checks that this version knows all types in a change. One that it does not know would look as if nothing was said,
     * that is, as the first of its kind: a voter to be added.
     *
     * @throws ConfChangeException if there is one that it does not know
     */
    public static void checkKnown(ConfChangeV2 change) {
        checkKnown(change.getUnknownFields(), ConfChangeV2.TRANSITION_FIELD_NUMBER, "transition");
        for (ConfChangeSingle single : change.getChangesList()) {
            checkKnown(single.getUnknownFields(), ConfChangeSingle.TYPE_FIELD_NUMBER, "conf type");
        }
    }

    private static void checkKnown(UnknownFieldSet unknown, int field, String what) {
        if (unknown.hasField(field)) {
            throw new ConfChangeException(
                    "unexpected " + what + " " + unknown.getField(field).getVarintList());
        }
    }

    /**
     * How the joint configuration ends that this change goes through, or null if it goes through none: it does if it
     * consists of more than one change or asks for it by its transition.
     */
    public static @Nullable JointExit jointExit(ConfChangeV2 change) {
        return switch (change.getTransition()) {
            case CONF_CHANGE_TRANSITION_AUTO -> change.getChangesCount() > 1 ? JointExit.AUTOMATIC : null;
            case CONF_CHANGE_TRANSITION_JOINT_IMPLICIT -> JointExit.AUTOMATIC;
            case CONF_CHANGE_TRANSITION_JOINT_EXPLICIT -> JointExit.EXPLICIT;
        };
    }

    /** Whether the change leaves a joint configuration: it has neither changes nor a transition; its context is free. */
    public static boolean leavesJoint(ConfChangeV2 change) {
        return change.getTransition() == ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO
                && change.getChangesCount() == 0;
    }

    /** A change of one member. */
    public static ConfChangeSingle single(ConfChangeType type, long id) {
        return ConfChangeSingle.newBuilder().setType(type).setNodeId(id).build();
    }

    /**
     * Reads the short form: words separated by one blank, each {@code v}, {@code l}, {@code r} or {@code u} (make a
     * voter, make a learner, remove, update) and a decimal id.
     *
     * @throws IllegalArgumentException if the text isn't of that form
     */
    public static List<ConfChangeSingle> parse(String text) {
        List<ConfChangeSingle> changes = new ArrayList<>();
        if (text.isBlank()) {
            return changes;
        }
        for (String token : text.strip().split(" ", -1)) {
            if (token.length() < 2) {
                throw new IllegalArgumentException("unknown token " + token);
            }
            changes.add(single(typeOf(token), Long.parseUnsignedLong(token.substring(1))));
        }
        return changes;
    }

    private static ConfChangeType typeOf(String token) {
        return switch (token.charAt(0)) {
            case 'v' -> ConfChangeType.CONF_CHANGE_ADD_NODE;
            case 'l' -> ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE;
            case 'r' -> ConfChangeType.CONF_CHANGE_REMOVE_NODE;
            case 'u' -> ConfChangeType.CONF_CHANGE_UPDATE_NODE;
            default -> throw new IllegalArgumentException("unknown input: " + token);
        };
    }

    /** The short form of changes, ids in decimal. */
    public static String format(List<ConfChangeSingle> changes) {
        return changes.stream()
                .map(change -> letterOf(change.getType()) + Long.toUnsignedString(change.getNodeId()))
                .collect(Collectors.joining(" "));
    }

    private static char letterOf(ConfChangeType type) {
        return switch (type) {
            case CONF_CHANGE_ADD_NODE -> 'v';
            case CONF_CHANGE_ADD_LEARNER_NODE -> 'l';
            case CONF_CHANGE_REMOVE_NODE -> 'r';
            case CONF_CHANGE_UPDATE_NODE -> 'u';
        };
    }

    /** The changes in words, ids in decimal: {@code ConfChangeAddNode(1) ConfChangeRemoveNode(2)}. */
    public static String describe(List<ConfChangeSingle> changes) {
        return changes.stream()
                .map(change -> nameOf(change.getType()) + "(" + Long.toUnsignedString(change.getNodeId()) + ")")
                .collect(Collectors.joining(" "));
    }

    private static String nameOf(ConfChangeType type) {
        return switch (type) {
            case CONF_CHANGE_ADD_NODE -> "ConfChangeAddNode";
            case CONF_CHANGE_ADD_LEARNER_NODE -> "ConfChangeAddLearnerNode";
            case CONF_CHANGE_REMOVE_NODE -> "ConfChangeRemoveNode";
            case CONF_CHANGE_UPDATE_NODE -> "ConfChangeUpdateNode";
        };
    }

    /**
     * What is wrong if two states are expected to describe the same configuration, or null if they do. The order of
     * the ids doesn't count, and not saying whether it leaves by itself means that it doesn't.
     */
    public static @Nullable String difference(ConfState first, ConfState second) {
        if (sorted(first).equals(sorted(second))) {
            return null;
        }
        return "ConfStates not equivalent after sorting:\n" + sorted(first) + "\n" + sorted(second) + "\nInputs were:\n"
                + first + "\n" + second;
    }

    /** All members of a configuration: voters of both halves, learners, and those that are to become learners. */
    public static SortedSet<Long> members(ConfState state) {
        var members = new TreeSet<>(state.getVotersList());
        members.addAll(state.getVotersOutgoingList());
        members.addAll(state.getLearnersList());
        members.addAll(state.getLearnersNextList());
        return members;
    }

    private static ConfState sorted(ConfState state) {
        return state.toBuilder()
                .clearVoters()
                .addAllVoters(sorted(state.getVotersList()))
                .clearLearners()
                .addAllLearners(sorted(state.getLearnersList()))
                .clearVotersOutgoing()
                .addAllVotersOutgoing(sorted(state.getVotersOutgoingList()))
                .clearLearnersNext()
                .addAllLearnersNext(sorted(state.getLearnersNextList()))
                .setAutoLeave(state.getAutoLeave())
                .build();
    }

    private static List<Long> sorted(List<Long> ids) {
        return ids.stream().sorted(Long::compareUnsigned).toList();
    }

    /** The changes that make the outgoing voters of a state out of nothing. */
    static List<ConfChangeSingle> outgoingChanges(ConfState state) {
        return changes(ConfChangeType.CONF_CHANGE_ADD_NODE, state.getVotersOutgoingList());
    }

    /**
     * The changes that make the incoming half and the learners of a state, on top of the outgoing voters as the voters
     * in force. Learners that wait become so by themselves, because they are in the outgoing half.
     */
    static List<ConfChangeSingle> incomingChanges(ConfState state) {
        List<ConfChangeSingle> changes = new ArrayList<>();
        changes.addAll(changes(ConfChangeType.CONF_CHANGE_REMOVE_NODE, state.getVotersOutgoingList()));
        changes.addAll(changes(ConfChangeType.CONF_CHANGE_ADD_NODE, state.getVotersList()));
        changes.addAll(changes(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, state.getLearnersList()));
        changes.addAll(changes(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, state.getLearnersNextList()));
        return changes;
    }

    private static List<ConfChangeSingle> changes(ConfChangeType type, List<Long> ids) {
        return ids.stream().map(id -> single(type, id)).toList();
    }
}
