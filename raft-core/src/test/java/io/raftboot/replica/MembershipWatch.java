package io.raftboot.replica;

import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.proof.Sometimes;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.machine.ChangeLedger;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.ChangeRecord;
import io.raftboot.replica.proto.ChangeState;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.MemberRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds what members know of their members, and of the changes of them, against what is promised: an ended change is at an end, who is
 * added is known by its directory, who was removed does not come back by itself, nobody is let in whom nobody wants, and dead members
 * are removed one at a time and down to a floor. Looks after each event at what is another than before. Changes nothing of the course.
 */
final class MembershipWatch {
    static final String DEAD = "raft.membership.remove-dead-after";
    static final String JOINS = "raft.membership.accept-joins";

    private final World world;
    private final Map<Long, Seen> seen = new HashMap<>();

    /** The directories that were removed, and the configuration by which they were. */
    private final Map<Directory, Long> removed = new HashMap<>();

    private final Set<Long> addedByHand = new HashSet<>();
    private final Set<String> saidWhere = new HashSet<>();
    private final Set<Long> everMembers = new TreeSet<>();
    private final TreeMap<Long, ConfState> configurations = new TreeMap<>();

    /** Indexes of the configurations by which dead members were removed, and nobody asked. */
    private final Set<Long> removalsOfDead = new TreeSet<>();

    /** Who led when a change got on last. */
    private final Map<Long, Long> leaders = new HashMap<>();

    private final Set<Long> begun = new HashSet<>();

    private record Directory(long id, long incarnation) {}

    /** What a process of a member knew when it was looked at last. */
    private static final class Seen {
        private final RunningMember member;
        private ChangeLedger.@Nullable Changes changes;
        private @Nullable Members members;
        private @Nullable AppliedConfiguration configuration;
        private final Map<Long, ChangeRecord> records = new HashMap<>();

        /** Steps that were done when the end of a change was seen. */
        private final Map<Long, Integer> doneAtEnd = new HashMap<>();

        Seen(RunningMember member) {
            this.member = member;
        }
    }

    MembershipWatch(World world) {
        this.world = world;
    }

    /** Whether any configuration has had it. */
    boolean wasMember(long id) {
        return everMembers.contains(id);
    }

    /** It is added by a change that says nothing of its directory. */
    void addedByHand(long id) {
        addedByHand.add(id);
    }

    /** After each event. */
    void look() {
        for (var member : world.up()) {
            look(member);
        }
    }

    @SuppressWarnings("ReferenceEquality") // what is another object may be another thing, and nothing else can be
    private void look(SimulatedMember member) {
        var running = member.running();
        var before = seen.get(member.id());
        if (before == null || before.member != running) {
            before = new Seen(running);
            seen.put(member.id(), before);
        }
        var system = running.parts.machines.system();
        var configuration = running.configuration();
        var changes = system.changes();
        var members = system.members();
        boolean otherConfiguration = before.configuration != configuration;
        boolean otherMembers = before.members != members;
        if (otherConfiguration) {
            before.configuration = configuration;
            configured(member, configuration);
        }
        if (before.changes != changes) {
            before.changes = changes;
            changes.all().forEach(record -> look(member, system, record));
        }
        if (otherMembers) {
            before.members = members;
            look(system, members);
        }
        if ((otherConfiguration || otherMembers) && running.view().ready()) {
            world.operator().noticed(member);
        }
    }

    private void configured(SimulatedMember member, AppliedConfiguration configuration) {
        var state = configuration.state();
        if (configuration.index() == 0 || state.getVotersCount() == 0) {
            everMembers.addAll(ConfChanges.members(state));
            return;
        }
        if (configurations.put(configuration.index(), state) != null) {
            return;
        }
        for (long id : ConfChanges.members(state)) {
            boolean isNew = everMembers.add(id);
            var before = configurations.lowerEntry(configuration.index());
            if (before != null && !ConfChanges.members(before.getValue()).contains(id)) {
                added(member, id, isNew);
            }
        }
        if (removalsOfDead.contains(configuration.index())) {
            checkFloor(configuration.index());
        }
    }

    private void added(SimulatedMember by, long id, boolean isNew) {
        if (world.arrivals().isUnasked(id)) {
            if (world.mix().membershipPolicy().acceptJoins()) {
                world.proof().happened(id, Sometimes.JOINER_LET_IN);
            } else {
                world.found("member " + id + " was let in, and nobody has asked for it");
            }
        }
        world.arrivals().arrived(id);
        if (!isNew) {
            world.proof().happened(id, Sometimes.ADDED_ANEW);
        }
        var known = world.ids().contains(id) ? world.member(id).configuredOthers() : List.<Long>of();
        long leader = by.running().view().leaderId();
        if (known.size() == 1 && leader != 0 && known.get(0) != leader) {
            world.proof().happened(id, Sometimes.JOINED_BY_ONE_FOLLOWER);
        }
    }

    private void look(SystemMachine system, Members members) {
        long index = system.configurationIndex();
        for (MemberRecord record : members.byId().values()) {
            var directory = new Directory(record.getId(), record.getIncarnation());
            if (record.getRemoved()) {
                removed.putIfAbsent(directory, index);
            } else if (record.getIncarnation() != 0
                    && removed.getOrDefault(directory, Long.MAX_VALUE) <= index
                    && !addedByHand.contains(record.getId())) {
                world.found("member " + record.getId() + " is one again, with the directory with which it was removed");
            }
            boolean saidSo = world.places().hasMoved(record.getId())
                    && record.getAddress().equals(world.address(record.getId()));
            if (saidSo && saidWhere.add(record.getId() + "@" + record.getAddress())) {
                world.proof().happened(record.getId(), Sometimes.MOVED_MEMBER_SAID_SO);
            }
        }
    }

    private void look(SimulatedMember member, SystemMachine system, ChangeRecord record) {
        var known = seenOf(member);
        var before = known.records.put(record.getId(), record);
        if (begun.add(record.getId())) {
            begun(record, member.running().configuration().state());
        }
        if (before == null) {
            if (record.getState() != ChangeState.CHANGE_RUNNING) {
                known.doneAtEnd.put(record.getId(), record.getDone());
            }
            return;
        }
        boolean hadEnded = before.getState() != ChangeState.CHANGE_RUNNING;
        if (hadEnded && before.getState() != record.getState()) {
            world.found("change " + record.getId() + " had ended as " + before.getState() + ", and is "
                    + record.getState() + " for member " + member.id());
        }
        if (!hadEnded && record.getState() != ChangeState.CHANGE_RUNNING) {
            known.doneAtEnd.put(record.getId(), record.getDone());
        }
        if (hadEnded && record.getDone() > before.getDone()) {
            world.proof().happened(member.id(), Sometimes.STEP_DONE_BEHIND_CANCEL);
            // One step may have been on its way.
            if (record.getDone() > known.doneAtEnd.getOrDefault(record.getId(), 0) + 1) {
                world.found("change " + record.getId() + " had ended, and goes on: " + record);
            }
        }
        if (record.getDone() == before.getDone() + 1) {
            stepDone(member, system, record, before.getDone());
        }
    }

    private Seen seenOf(SimulatedMember member) {
        return seen.computeIfAbsent(member.id(), id -> new Seen(member.running()));
    }

    private void stepDone(SimulatedMember member, SystemMachine system, ChangeRecord change, int step) {
        long leader = member.running().view().leaderId();
        var before = leader == 0 ? null : leaders.put(change.getId(), leader);
        if (before != null && before != leader && step > 0) {
            world.proof().happened(leader, Sometimes.PLAN_TAKEN_OVER_MIDWAY);
        }
        checkKnown(system, change.getSteps(step));
        if (change.getBy().equals(DEAD) && removalsOfDead.add(system.configurationIndex())) {
            checkFloor(system.configurationIndex());
        }
    }

    /**
     * Else whichever process comes first under the id would be taken for the member. Who was added by hand, past the verbs, is known by
     * its address alone until it says who it is; a plan that wants it as a member finds it to be one.
     */
    private void checkKnown(SystemMachine system, ChangeStep step) {
        for (ConfChangeSingle single : step.getChangesList()) {
            boolean named = step.getMembersList().stream().anyMatch(member -> member.getId() == single.getNodeId());
            var known = system.members().get(single.getNodeId());
            if (named
                    && !addedByHand.contains(single.getNodeId())
                    && single.getType() == ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE
                    && (known == null || known.getIncarnation() == 0)) {
                world.found("member " + single.getNodeId()
                        + " was added, and it is not known by which directory: it is known as [" + known
                        + "], and was added as " + step);
            }
        }
    }

    private void begun(ChangeRecord change, ConfState present) {
        if (change.getBy().equals(JOINS)) {
            checkLetIn(change);
        } else if (change.getBy().equals(DEAD)) {
            checkRemoval(change, present);
        }
    }

    private void checkLetIn(ChangeRecord change) {
        for (ChangeStep step : change.getStepsList()) {
            for (ConfChangeSingle single : step.getChangesList()) {
                boolean isPromotion = single.getType() == ConfChangeType.CONF_CHANGE_ADD_NODE;
                if (!isPromotion && everMembers.contains(single.getNodeId())) {
                    world.found("member " + single.getNodeId()
                            + " is to be let in by itself, though it had been removed: " + change);
                }
                if (isPromotion && world.mix().membershipPolicy().promote() == Promotion.MANUAL) {
                    world.found("member " + single.getNodeId() + " is to get a vote by itself: " + change);
                }
            }
        }
    }

    /** One goes, or as many as there are others to take their places. */
    private void checkRemoval(ChangeRecord change, ConfState present) {
        int gone = 0;
        int come = 0;
        for (ConfChangeSingle single : change.getSteps(0).getChangesList()) {
            gone += single.getType() == ConfChangeType.CONF_CHANGE_REMOVE_NODE ? 1 : 0;
            come += single.getType() == ConfChangeType.CONF_CHANGE_ADD_NODE ? 1 : 0;
        }
        if (change.getStepsCount() != 1 || gone != Math.max(1, come)) {
            world.found("dead members are removed that are not to go at one moment: " + change + " in " + present);
        }
        world.proof()
                .happened(
                        leaders.getOrDefault(change.getId(), 0L),
                        come > 0 ? Sometimes.DEAD_MEMBER_EXCHANGED : Sometimes.DEAD_MEMBER_REMOVED);
    }

    /** What is left is counted from how many there were when somebody had asked last, and not from how many there are. */
    private void checkFloor(long index) {
        if (!configurations.containsKey(index)) {
            return;
        }
        int wanted = 0;
        int before = 0;
        for (var configuration : configurations.headMap(index, true).entrySet()) {
            int voters = configuration.getValue().getVotersCount();
            boolean isRemoval = removalsOfDead.contains(configuration.getKey());
            if (configuration.getKey() == index && voters < before) {
                int floor = world.mix().membershipPolicy().minVoters();
                if (voters < Math.max(floor, wanted / 2 + 1)) {
                    world.found("dead members were removed until " + voters + " voters were left of " + wanted
                            + " that were wanted, at " + index);
                }
            }
            before = voters;
            wanted = isRemoval ? wanted : voters;
        }
    }
}
