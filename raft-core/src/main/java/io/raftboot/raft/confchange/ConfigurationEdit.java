package io.raftboot.raft.confchange;

import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.quorum.IdSet;
import io.raftboot.raft.quorum.JointConfig;
import io.raftboot.raft.quorum.MajorityConfig;
import io.raftboot.raft.tracker.Inflights;
import io.raftboot.raft.tracker.Progress;
import io.raftboot.raft.tracker.ProgressMap;
import io.raftboot.raft.tracker.TrackerConfig;
import java.util.List;
import java.util.function.Supplier;

/**
 * A configuration while it is being changed, step by step. Voters are changed in the incoming half only; whoever is in
 * the outgoing half stays a member as long as that half exists.
 */
final class ConfigurationEdit {
    private final long lastIndex;
    private final Supplier<Inflights> windows;

    private IdSet incoming;
    private IdSet outgoing;
    private boolean autoLeave;
    private IdSet learners;
    private IdSet learnersNext;
    private ProgressMap progress;

    ConfigurationEdit(Configuration base, long lastIndex, Supplier<Inflights> windows) {
        this.lastIndex = lastIndex;
        this.windows = windows;
        TrackerConfig config = base.config();
        this.incoming = config.voters().incoming().ids();
        this.outgoing = config.voters().outgoing().ids();
        this.autoLeave = config.autoLeave();
        this.learners = config.learners();
        this.learnersNext = config.learnersNext();
        this.progress = base.progress();
    }

    Configuration result() {
        var voters = new JointConfig(new MajorityConfig(incoming), new MajorityConfig(outgoing));
        return new Configuration(new TrackerConfig(voters, autoLeave, learners, learnersNext), progress);
    }

    void openOutgoingHalf(JointExit exit) {
        outgoing = incoming;
        autoLeave = exit == JointExit.AUTOMATIC;
    }

    void closeOutgoingHalf() {
        for (long id : learnersNext.toList()) {
            learners = learners.with(id);
            progress = progress.with(id, member(id).asLearner());
        }
        learnersNext = IdSet.EMPTY;
        for (long id : outgoing.toList()) {
            if (!incoming.contains(id) && !learners.contains(id)) {
                progress = progress.without(id);
            }
        }
        outgoing = IdSet.EMPTY;
        autoLeave = false;
    }

    void apply(List<ConfChangeSingle> changes) {
        for (ConfChangeSingle change : changes) {
            long id = change.getNodeId();
            // An application that decides against a committed change sets the id in it to 0.
            if (id != 0) {
                switch (change.getType()) {
                    case CONF_CHANGE_ADD_NODE -> makeVoter(id);
                    case CONF_CHANGE_ADD_LEARNER_NODE -> makeLearner(id);
                    case CONF_CHANGE_REMOVE_NODE -> remove(id);
                    // Means something to the application only.
                    case CONF_CHANGE_UPDATE_NODE -> {}
                }
            }
        }
        if (incoming.isEmpty()) {
            throw new ConfChangeException("removed all voters");
        }
    }

    private void makeVoter(long id) {
        Progress known = progress.get(id);
        incoming = incoming.with(id);
        learners = learners.without(id);
        learnersNext = learnersNext.without(id);
        progress = progress.with(id, known == null ? newMember(Progress::ofVoter) : known.asVoter());
    }

    private void makeLearner(long id) {
        Progress known = progress.get(id);
        if (known == null) {
            learners = learners.with(id);
            progress = progress.with(id, newMember(Progress::ofLearner));
        } else if (!known.isLearner()) {
            incoming = incoming.without(id);
            if (outgoing.contains(id)) {
                learnersNext = learnersNext.with(id);
            } else {
                learners = learners.with(id);
                progress = progress.with(id, known.asLearner());
            }
        }
    }

    private void remove(long id) {
        incoming = incoming.without(id);
        learners = learners.without(id);
        learnersNext = learnersNext.without(id);
        if (!outgoing.contains(id)) {
            progress = progress.without(id);
        }
    }

    private interface ProgressFactory {
        Progress create(long nextIndex, Inflights inflights);
    }

    private Progress newMember(ProgressFactory factory) {
        // The last index is probed first; next must stay above match, which is 0.
        Progress created = factory.create(lastIndex == 0 ? 1 : lastIndex, windows.get());
        // Otherwise a check for the quorum could depose the leader before the new member had a chance to be heard.
        created.markActive();
        return created;
    }

    private Progress member(long id) {
        Progress known = progress.get(id);
        if (known == null) {
            throw new IllegalStateException("no progress for " + Long.toUnsignedString(id));
        }
        return known;
    }
}
