package io.raftboot.replica.command;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.RaftGroup;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.duty.ConfigurationInForce;
import io.raftboot.replica.machine.Envelopes;
import io.raftboot.replica.machine.KnownMembers;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.membership.PeerAddresses;
import io.raftboot.replica.proto.EnvelopeOrBuilder;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.StateMachineInfo;
import io.raftboot.replica.proto.SystemCommand;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a leader lets into the log: only what every voter can apply, as far as they have told the group. A committed command that
 * a member does not know stops it, and what no member can do stops none but is of no use; both are refused here, where they
 * certainly never happened. A voter that has not said what it has, because it was never up or is of an older version, keeps
 * nothing out. Owned by the raft stage.
 */
public final class CommandAdmission {
    private final String group;
    private final long nodeId;
    private final Map<String, MachineSlot> machines;
    private final ConfigurationInForce configuration;
    private final KnownMembers members;
    private final OutOfSpace outOfSpace;
    private final ChangesUnknown changesUnknown;

    /** What was worked out for each state machine, from this configuration and these members. */
    private final Map<String, Support> supports = new HashMap<>();

    private @Nullable ConfState configurationThen;
    private @Nullable Members membersThen;

    /** How room on the disks decides. On the raft stage. */
    @FunctionalInterface
    public interface OutOfSpace {
        /** Why the group has no room for more; null if it has. */
        @Nullable
        String why();
    }

    /** Whether all members know changes of the members. On the raft stage. */
    @FunctionalInterface
    public interface ChangesUnknown {
        /** Why they must not be sent any; null if they know them. */
        @Nullable
        String why();
    }

    /**
     * Why a command is not taken.
     *
     * @param message for people
     */
    record Objection(RefusalReason reason, String message) {}

    /**
     * Who can apply the commands of a state machine.
     *
     * @param objection why nobody may send it any; null if it is there on all voters
     * @param commands what each voter understands that tells its commands apart, by id
     */
    private record Support(@Nullable Objection objection, Map<Long, Set<String>> commands) {}

    /**
     * @param outOfSpace why the group has no room for more; null if it has
     * @param changesUnknown who does not know changes of the members
     */
    public CommandAdmission(
            String group,
            long nodeId,
            Map<String, MachineSlot> machines,
            ConfigurationInForce configuration,
            KnownMembers members,
            OutOfSpace outOfSpace,
            ChangesUnknown changesUnknown) {
        this.group = group;
        this.nodeId = nodeId;
        this.machines = machines;
        this.configuration = configuration;
        this.members = members;
        this.outOfSpace = outOfSpace;
        this.changesUnknown = changesUnknown;
    }

    /** Why the command is not to be appended, or null if it may be. */
    @Nullable
    Objection objection(Command command) {
        var content = command.content();
        if (command instanceof RemoteCommand) {
            var objection = malformed(content);
            if (objection != null) {
                return objection;
            }
        }
        if (content.getMachine().equals(SystemMachine.NAME)) {
            return command instanceof RemoteCommand ? unreadableToSystem(content) : null;
        }
        var support = support(content.getMachine());
        if (support.objection() != null) {
            return support.objection();
        }
        var unknown =
                support.commands().isEmpty() || content.hasOpenSession() ? null : unknownCommand(content, support);
        return unknown == null ? noSpace() : unknown;
    }

    /** The group's own commands go on: they are few, and a member that comes back needs them. */
    private @Nullable Objection noSpace() {
        String why = outOfSpace.why();
        return why == null ? null : new Objection(RefusalReason.NO_SPACE, why);
    }

    private @Nullable Objection malformed(EnvelopeOrBuilder content) {
        if (content.getFormatVersion() == 0) {
            return invalid("it is no command");
        }
        if (!content.getGroup().equals(group)) {
            return invalid("it is for the group '" + content.getGroup() + "', and this is '" + group + "'");
        }
        if (content.getFormatVersion() != Envelopes.FORMAT_VERSION || content.getCommandVersion() != 0) {
            return new Objection(
                    RefusalReason.NOT_KNOWN_BY_ALL,
                    "it is in format " + Integer.toUnsignedString(content.getFormatVersion()) + ", version "
                            + Integer.toUnsignedString(content.getCommandVersion()) + ", which the leader, node "
                            + nodeId
                            + ", does not know; update it");
        }
        if (content.getTrace().size() > Envelopes.MAX_TRACE_BYTES) {
            return invalid(
                    "its trace has " + content.getTrace().size() + " bytes, and may have " + Envelopes.MAX_TRACE_BYTES);
        }
        if (content.hasIdempotencyKey()) {
            int bytes = content.getIdempotencyKey().getKey().size();
            if (bytes == 0 || bytes > RaftGroup.MAX_KEY_BYTES) {
                return invalid(
                        "its idempotency key has " + bytes + " bytes, and must have 1 to " + RaftGroup.MAX_KEY_BYTES);
            }
        }
        return null;
    }

    private @Nullable Objection unreadableToSystem(EnvelopeOrBuilder content) {
        try {
            var command = SystemCommand.parseFrom(content.getPayload());
            return switch (command.getCommandCase()) {
                case MEMBER_UP -> {
                    var member = command.getMemberUp().getMember();
                    yield member.getId() == content.getAskedMember() && isPossible(member)
                            ? null
                            : invalid("it announces a member that can't be");
                }
                case BEGIN_CHANGE, END_CHANGE, SETTLE_REMOVALS -> {
                    String lacking = changesUnknown.why();
                    yield lacking == null ? null : new Objection(RefusalReason.NOT_KNOWN_BY_ALL, lacking);
                }
                case COMMAND_NOT_SET ->
                    new Objection(
                            RefusalReason.NOT_KNOWN_BY_ALL,
                            "the leader, node " + nodeId + ", does not know the command; update it");
            };
        } catch (InvalidProtocolBufferException e) {
            return invalid("it can't be read");
        }
    }

    private static boolean isPossible(MemberRecord member) {
        return member.getId() > 0
                && (member.getAddress().isEmpty() || PeerAddresses.isAddress(member.getId(), member.getAddress()));
    }

    private @Nullable Objection unknownCommand(EnvelopeOrBuilder content, Support support) {
        var slot = machines.get(content.getMachine());
        String name;
        try {
            name = slot == null
                    ? ""
                    : slot.machine().commandName(content.getPayload().newInput());
        } catch (IOException | RuntimeException e) {
            return invalid("it is no command of '" + content.getMachine() + "': " + e.getMessage());
        }
        if (name.isEmpty()) {
            return null;
        }
        var lacking = new TreeSet<Long>();
        support.commands().forEach((id, commands) -> {
            if (!commands.contains(name)) {
                lacking.add(id);
            }
        });
        return lacking.isEmpty()
                ? null
                : notKnown(lacking, "the command '" + name + "' of the state machine '" + content.getMachine() + "'");
    }

    @SuppressWarnings("ReferenceEquality") // both never change: another picture is another object
    private Support support(String machine) {
        var configurationNow = configuration.state();
        var membersNow = members.members();
        if (configurationNow != configurationThen || membersNow != membersThen) {
            supports.clear();
            configurationThen = configurationNow;
            membersThen = membersNow;
        }
        var known = supports.get(machine);
        if (known == null) {
            known = workOut(machine, configurationNow, membersNow);
            // Names of machines that nobody has come from outside, and are not to pile up.
            if (known.objection() == null) {
                supports.put(machine, known);
            }
        }
        return known;
    }

    private Support workOut(String machine, ConfState configurationNow, Members membersNow) {
        var lacking = new TreeSet<Long>();
        var commands = new TreeMap<Long, Set<String>>();
        var own = machines.get(machine);
        if (own == null) {
            lacking.add(nodeId);
        } else if (!own.machine().commandNames().isEmpty()) {
            commands.put(nodeId, own.machine().commandNames());
        }
        var voters = new TreeSet<>(configurationNow.getVotersList());
        voters.addAll(configurationNow.getVotersOutgoingList());
        voters.remove(nodeId);
        for (long id : voters) {
            var member = membersNow.get(id);
            if (member == null || member.getRemoved() || !member.hasStateMachines()) {
                continue;
            }
            var info = find(member, machine);
            if (info == null) {
                lacking.add(id);
            } else if (info.getCommandsCount() > 0) {
                commands.put(id, Set.copyOf(info.getCommandsList()));
            }
        }
        return new Support(
                lacking.isEmpty() ? null : notKnown(lacking, "the state machine '" + machine + "'"), commands);
    }

    private static @Nullable StateMachineInfo find(MemberRecord member, String machine) {
        return member.getStateMachines().getMachinesList().stream()
                .filter(info -> info.getName().equals(machine))
                .findFirst()
                .orElse(null);
    }

    private static Objection notKnown(Set<Long> lacking, String what) {
        return new Objection(
                RefusalReason.NOT_KNOWN_BY_ALL,
                "the members " + lacking + " do not have " + what + ", and would stop. Update them to a version of the"
                        + " application that has it; it is taken as soon as they are up");
    }

    private static Objection invalid(String why) {
        return new Objection(RefusalReason.INVALID, "the leader refused the command: " + why);
    }
}
