package io.raftboot.raft.confchange;

import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.quorum.IdSet;
import io.raftboot.raft.quorum.JointConfig;
import io.raftboot.raft.tracker.Inflights;
import io.raftboot.raft.tracker.Progress;
import io.raftboot.raft.tracker.ProgressTracker;
import io.raftboot.raft.tracker.TrackerConfig;
import java.util.List;
import java.util.function.Supplier;

/**
 * Computes the configuration that follows from the present one by a change, and refuses changes that aren't allowed.
 * Every method leaves the tracker as it is; the result takes effect by installing it. After etcd's {@code Changer} and
 * chapter 4 of the Raft dissertation.
 */
public final class Changer {
    private final Configuration base;
    private final long lastIndex;
    private final Supplier<Inflights> windows;

    /**
     * A changer on top of the tracker's configuration of this moment.
     *
     * @param lastIndex last index of the log: where feeding a new member begins
     */
    public Changer(ProgressTracker tracker, long lastIndex) {
        this(new Configuration(tracker.config(), tracker.progress()), lastIndex, tracker::newInflights);
    }

    private Changer(Configuration base, long lastIndex, Supplier<Inflights> windows) {
        this.base = base;
        this.lastIndex = lastIndex;
        this.windows = windows;
    }

    /** A changer on top of the result of another change. */
    private Changer after(Configuration configuration) {
        return new Changer(configuration, lastIndex, windows);
    }

    /**
     * The configuration after a change, in the way that the change asks for: leaving a joint configuration, entering
     * one, or at once.
     *
     * @throws ConfChangeException if the present configuration doesn't allow it, or it says what this version doesn't know
     */
    public Configuration apply(ConfChangeV2 change) {
        ConfChanges.checkKnown(change);
        if (ConfChanges.leavesJoint(change)) {
            return leaveJoint();
        }
        JointExit exit = ConfChanges.jointExit(change);
        return exit == null ? simple(change.getChangesList()) : enterJoint(exit, change.getChangesList());
    }

    /**
     * The joint configuration in which the present voters are the outgoing half, and the present voters with the
     * changes applied the incoming one.
     *
     * @throws ConfChangeException if the present configuration is joint or has no voters, or no voter would be left
     */
    public Configuration enterJoint(JointExit exit, List<ConfChangeSingle> changes) {
        checkInvariants(base);
        if (base.config().voters().isJoint()) {
            throw new ConfChangeException("config is already joint");
        }
        if (base.config().voters().incoming().ids().isEmpty()) {
            throw new ConfChangeException("can't make a zero-voter config joint");
        }
        ConfigurationEdit edit = edit();
        edit.openOutgoingHalf(exit);
        edit.apply(changes);
        return checkInvariants(edit.result());
    }

    /**
     * The configuration in which the incoming half decides alone. Voters of the outgoing half that were to become
     * learners do so; those that are neither voters nor learners now are no members any more.
     *
     * @throws ConfChangeException if the present configuration isn't joint
     */
    public Configuration leaveJoint() {
        checkInvariants(base);
        if (!base.config().voters().isJoint()) {
            throw new ConfChangeException("can't leave a non-joint config");
        }
        ConfigurationEdit edit = edit();
        edit.closeOutgoingHalf();
        return checkInvariants(edit.result());
    }

    /**
     * The configuration after changes that taken together add or remove at most one voter, so that any majority of
     * before and any majority of after have a voter in common.
     *
     * @throws ConfChangeException if it is more than one, no voter would be left, or the present configuration is joint
     */
    public Configuration simple(List<ConfChangeSingle> changes) {
        checkInvariants(base);
        if (base.config().voters().isJoint()) {
            throw new ConfChangeException("can't apply simple config change in joint config");
        }
        ConfigurationEdit edit = edit();
        edit.apply(changes);
        Configuration result = edit.result();
        IdSet before = base.config().voters().incoming().ids();
        IdSet after = result.config().voters().incoming().ids();
        if (differences(before, after) > 1) {
            throw new ConfChangeException("more than one voter changed without entering joint config");
        }
        return checkInvariants(result);
    }

    /**
     * The configuration that a snapshot holds, made by changes on top of this changer's configuration, which has to be
     * without members. After etcd's {@code confchange.Restore}.
     *
     * @throws ConfChangeException if the state describes no valid configuration
     */
    public Configuration restore(ConfState state) {
        Changer changer = this;
        if (state.getVotersOutgoingCount() == 0) {
            for (ConfChangeSingle change : ConfChanges.incomingChanges(state)) {
                changer = after(changer.simple(List.of(change)));
            }
            return changer.base;
        }
        // First the voters of before the change, one by one, then the joint configuration on top of them.
        for (ConfChangeSingle change : ConfChanges.outgoingChanges(state)) {
            changer = after(changer.simple(List.of(change)));
        }
        JointExit exit = state.getAutoLeave() ? JointExit.AUTOMATIC : JointExit.EXPLICIT;
        return changer.enterJoint(exit, ConfChanges.incomingChanges(state));
    }

    private ConfigurationEdit edit() {
        return new ConfigurationEdit(base, lastIndex, windows);
    }

    private static long differences(IdSet first, IdSet second) {
        return first.stream().filter(id -> !second.contains(id)).count()
                + second.stream().filter(id -> !first.contains(id)).count();
    }

    /** Checks what must hold before and after every change. A configuration without members is fine, to begin with. */
    private static Configuration checkInvariants(Configuration configuration) {
        TrackerConfig config = configuration.config();
        JointConfig voters = config.voters();
        for (long id : voters.ids()
                .union(config.learners())
                .union(config.learnersNext())
                .toList()) {
            require(configuration.progress().get(id) != null, "no progress for %s", id);
        }
        // Learners wait only because they are still voters in the outgoing half.
        for (long id : config.learnersNext().toList()) {
            require(voters.outgoing().ids().contains(id), "%s is in LearnersNext, but not Voters[1]", id);
            require(!isLearner(configuration, id), "%s is in LearnersNext, but is already marked as learner", id);
        }
        for (long id : config.learners().toList()) {
            require(!voters.outgoing().ids().contains(id), "%s is in Learners and Voters[1]", id);
            require(!voters.incoming().ids().contains(id), "%s is in Learners and Voters[0]", id);
            require(isLearner(configuration, id), "%s is in Learners, but is not marked as learner", id);
        }
        if (!voters.isJoint() && config.autoLeave()) {
            throw new ConfChangeException("AutoLeave must be false when not joint");
        }
        return configuration;
    }

    private static boolean isLearner(Configuration configuration, long id) {
        Progress progress = configuration.progress().get(id);
        return progress != null && progress.isLearner();
    }

    private static void require(boolean condition, String message, long id) {
        if (!condition) {
            throw new ConfChangeException(message.replace("%s", Long.toUnsignedString(id)));
        }
    }
}
