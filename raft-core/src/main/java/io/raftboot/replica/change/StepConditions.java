package io.raftboot.replica.change;

import io.raftboot.raft.ConfigurationReplay;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.StateMachineInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What has to hold before the leader takes a step: who is added announces itself, who gets a vote has kept up for long enough, and a
 * majority of the voters is there afterwards. Owned by the raft stage.
 */
public final class StepConditions {
    private final MemberHealth health;
    private final Joiners joiners;
    private final Duration stableAfter;
    private final Set<String> machines;

    /**
     * @param stableAfter for how long who gets a vote has to have kept up
     * @param machines names of the state machines of this group
     */
    public StepConditions(MemberHealth health, Joiners joiners, Duration stableAfter, Set<String> machines) {
        this.health = health;
        this.joiners = joiners;
        this.stableAfter = stableAfter;
        this.machines = machines;
    }

    /** What the step waits for, in words; null if it can be taken. */
    @Nullable
    String missing(ChangeStep step, ConfState before, ConfState after, Members members, long nowNanos) {
        for (ConfChangeSingle single : step.getChangesList()) {
            String missing =
                    switch (single.getType()) {
                        case CONF_CHANGE_ADD_NODE -> notStable(single.getNodeId(), nowNanos);
                        case CONF_CHANGE_ADD_LEARNER_NODE ->
                            isNew(single.getNodeId(), before) ? notThere(single.getNodeId(), step, members) : null;
                        case CONF_CHANGE_REMOVE_NODE, CONF_CHANGE_UPDATE_NODE -> null;
                    };
            if (missing != null) {
                return missing;
            }
        }
        return Majorities.objection(after, health::isHealthy);
    }

    /** Why the step would not be taken at once, in the configuration of now; null if it would. */
    @Nullable
    String objection(ChangeStep step, Situation present, long nowNanos) {
        var replay = new ConfigurationReplay(present.configuration());
        String impossible = replay.apply(ChangePlanner.change(step));
        return impossible != null
                ? impossible
                : missing(step, present.configuration(), replay.confState(), present.members(), nowNanos);
    }

    private static boolean isNew(long id, ConfState before) {
        return !before.getVotersList().contains(id) && !before.getLearnersList().contains(id);
    }

    private @Nullable String notStable(long id, long nowNanos) {
        var standing = health.of(id);
        if (standing == null || standing.silentNanos() == null) {
            return "node " + id + " was not heard of yet";
        }
        if (!standing.isHealthy()) {
            return "node " + id + " has to catch up: it has the log up to " + standing.matchIndex() + " of "
                    + health.lastIndex() + ", and was heard of " + standing.silentNanos() / 1_000_000 + " ms ago";
        }
        long stableNanos = health.healthyForNanos(id, nowNanos);
        return stableNanos >= stableAfter.toNanos()
                ? null
                : "node " + id + " has kept up for " + stableNanos / 1_000_000 + " ms, and is to for "
                        + stableAfter.toMillis() + " ms before it gets a vote";
    }

    private @Nullable String notThere(long id, ChangeStep step, Members members) {
        if (said(step, id).getIncarnation() != 0) {
            // It is known by which directory it comes, and that it is there.
            return null;
        }
        var there = joiners.of(id);
        var known = members.get(id);
        if (there.isEmpty()) {
            return "the process of node " + id
                    + " has not announced itself: start it to join, with the address of at least one" + " member"
                    + (known != null && known.getRemoved() ? ", and with an empty directory" : "");
        }
        if (there.size() > 1) {
            return "several processes announce themselves as node " + id + ", at "
                    + there.stream().map(joiner -> where(joiner.record())).collect(Collectors.joining(" and "))
                    + ": stop all but one";
        }
        var joiner = there.get(0).record();
        if (known != null && known.getRemoved() && known.getIncarnation() == joiner.getIncarnation()) {
            return "node " + id + " was removed with the directory that it comes with: start it with an empty one";
        }
        return differs(joiner, said(step, id));
    }

    private @Nullable String differs(MemberRecord joiner, MemberRecord said) {
        boolean elsewhere = !joiner.getAddress().isEmpty()
                && !said.getAddress().isEmpty()
                && !joiner.getAddress().equalsIgnoreCase(said.getAddress());
        if (elsewhere) {
            return "node " + joiner.getId() + " announces itself at " + joiner.getAddress() + ", and is to be added at "
                    + said.getAddress() + ": correct whichever is wrong";
        }
        var lacking = new TreeSet<>(machines);
        joiner.getStateMachines().getMachinesList().stream()
                .map(StateMachineInfo::getName)
                .forEach(lacking::remove);
        return lacking.isEmpty()
                ? null
                : "node " + joiner.getId() + " does not have the state machines " + lacking
                        + ", and would stop: start a version of the application that has them";
    }

    /** Who the members are that a step changes, from the moment that it is in force. */
    List<MemberRecord> named(ChangeStep step, ConfState before) {
        var named = new ArrayList<MemberRecord>();
        for (MemberRecord said : step.getMembersList()) {
            var there = joiners.of(said.getId());
            boolean joins = said.getIncarnation() == 0 && isNew(said.getId(), before) && there.size() == 1;
            var record = MemberRecord.newBuilder().setId(said.getId()).setAddress(said.getAddress());
            if (joins) {
                var joiner = there.get(0).record();
                record.setIncarnation(joiner.getIncarnation());
                if (said.getAddress().isEmpty()) {
                    record.setAddress(joiner.getAddress());
                }
            } else {
                record.setIncarnation(said.getIncarnation());
            }
            named.add(record.build());
        }
        return named;
    }

    private static MemberRecord said(ChangeStep step, long id) {
        return step.getMembersList().stream()
                .filter(member -> member.getId() == id)
                .findFirst()
                .orElse(MemberRecord.getDefaultInstance());
    }

    private static String where(MemberRecord record) {
        return record.getAddress().isEmpty() ? "an address that it does not say" : record.getAddress();
    }
}
