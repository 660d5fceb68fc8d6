package io.raftboot.chaos;

import io.raftboot.chaos.Plan.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Leadership that moves, and members that come and go. A change is proposed until the leader has it in force, as whoever administers
 * a group would do. Owned by the thread of its track.
 */
final class MemberFaults {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final int LOOK_MILLIS = 300;
    private static final long ANSWER_MILLIS = 3_000;

    private final Cluster cluster;
    private final FaultLog faults;
    private final Run run;
    private final int voters;

    /** @param voters as many as there are between two changes */
    MemberFaults(Cluster cluster, FaultLog faults, Run run, int voters) {
        this.cluster = cluster;
        this.faults = faults;
        this.run = run;
        this.voters = voters;
    }

    void make(Action action) {
        if (action.fault() == Fault.TRANSFER) {
            transfer(action.random());
            return;
        }
        if (!settle()) {
            return;
        }
        var joined = addLearner();
        if (joined == null) {
            return;
        }
        if (action.fault() == Fault.REPLACE_JOINTLY) {
            replace(action.random(), joined);
        } else if (change(Fault.PROMOTE, "voter " + joined.id(), view -> isVoter(view, joined.id()))) {
            var victim = victim(action.random(), joined);
            if (victim != null) {
                removeInSteps(victim);
            }
        }
    }

    /**
     * Brings the group back to as many voters as it should have, and no learners, whatever came in between before.
     *
     * @return whether that is so now
     */
    boolean settle() {
        var joint = change(null, "leave", view -> view.outgoing().isEmpty());
        var leader = joint ? cluster.leader() : null;
        if (leader == null) {
            return false;
        }
        var view = leader.view();
        for (long learner : view.learners()) {
            if (!change(null, "remove " + learner, now -> !isMember(now, learner))) {
                return false;
            }
        }
        for (int extra = view.voters().size() - voters; extra > 0; extra--) {
            long id = view.voters().get(extra - 1);
            if (!change(null, "remove " + id, now -> !isMember(now, id))) {
                return false;
            }
        }
        leader = cluster.leader();
        if (leader == null || leader.view().voters().size() != voters) {
            return false;
        }
        var members = leader.view();
        for (ClusterMember member : new ArrayList<>(cluster.members())) {
            if (!isMember(members, member.id())) {
                cluster.dispose(member);
            }
        }
        return true;
    }

    private @Nullable ClusterMember addLearner() {
        var joining = cluster.join();
        if (joining == null) {
            return null;
        }
        var learner = joining.member();
        boolean added = change(Fault.ADD_LEARNER, "learner " + learner.id(), view -> view.learners()
                .contains(learner.id()));
        boolean isUpToDate = added && awaitCaughtUp(learner);
        if (isUpToDate && joining.formerId() != null) {
            faults.begin(Fault.ADDRESS_REUSE, learner + " where member " + joining.formerId() + " was")
                    .end(1);
        }
        return isUpToDate ? learner : null;
    }

    /** Else a promotion could leave the group without a majority for a while, which is not what is wanted here. */
    private boolean awaitCaughtUp(ClusterMember joining) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        var leader = cluster.leader();
        while (System.nanoTime() < deadline && !run.isOver()) {
            var view = joining.view();
            if (leader != null
                    && view != null
                    && view.appliedIndex() >= leader.view().appliedIndex()) {
                return true;
            }
            run.pause(LOOK_MILLIS);
            leader = leader == null ? cluster.leader() : leader;
        }
        return false;
    }

    private void replace(SplittableRandom random, ClusterMember joined) {
        var victim = victim(random, joined);
        if (victim == null) {
            return;
        }
        String verb = random.nextBoolean() ? "replace" : "replace-in-steps";
        boolean replaced = change(
                Fault.REPLACE_JOINTLY,
                verb + " " + joined.id() + " " + victim.id(),
                view -> isVoter(view, joined.id()) && !isMember(view, victim.id()));
        if (replaced) {
            cluster.dispose(victim);
        }
    }

    private void removeInSteps(ClusterMember victim) {
        long id = victim.id();
        if (change(Fault.DEMOTE, "learner " + id, view -> view.learners().contains(id) && !isVoter(view, id))
                && change(Fault.REMOVE, "remove " + id, view -> !isMember(view, id))) {
            cluster.dispose(victim);
        }
    }

    private @Nullable ClusterMember victim(SplittableRandom random, ClusterMember joined) {
        var others = new ArrayList<>(cluster.members());
        others.remove(joined);
        return others.isEmpty() ? null : others.get(random.nextInt(others.size()));
    }

    /**
     * Proposes a change until it is in force.
     *
     * @param fault what it counts as; null for one that only clears up
     */
    private boolean change(@Nullable Fault fault, String words, Predicate<MemberView> inForce) {
        var running = fault == null ? null : faults.begin(fault, words);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        boolean proposed = false;
        boolean done = false;
        while (!done && System.nanoTime() < deadline && !run.isOver()) {
            var leader = cluster.leader();
            if (leader != null) {
                boolean joint = !leader.view().outgoing().isEmpty();
                done = !joint && inForce.test(leader.view());
                if (!done) {
                    // One that leaves a joint configuration by itself refuses this, and is soon over.
                    String answer =
                            Answers.within(ANSWER_MILLIS, leader.member().ask("change " + (joint ? "leave" : words)));
                    proposed |= answer != null && answer.startsWith("appended");
                }
            }
            if (!done) {
                run.pause(LOOK_MILLIS);
            }
        }
        if (running != null) {
            running.end(done && proposed ? 1 : 0);
        }
        return done;
    }

    private void transfer(SplittableRandom random) {
        var leader = cluster.leader();
        if (leader == null) {
            return;
        }
        var others = new ArrayList<>(leader.view().voters());
        others.remove(leader.member().id());
        String target = random.nextInt(3) == 0 || others.isEmpty()
                ? "-"
                : String.valueOf(others.get(random.nextInt(others.size())));
        var fault = faults.begin(Fault.TRANSFER, "from " + leader.member().id() + " to " + target);
        String answer = Answers.within(ANSWER_MILLIS * 2, leader.member().ask("transfer " + target));
        fault.end(answer != null && answer.startsWith("Transferred") ? 1 : 0);
    }

    private static boolean isVoter(MemberView view, long id) {
        return view.voters().contains(id);
    }

    private static boolean isMember(MemberView view, long id) {
        return List.of(view.voters(), view.learners(), view.outgoing()).stream().anyMatch(ids -> ids.contains(id));
    }
}
