package io.raftboot.chaos;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The end of a campaign, when nothing is done to the members any more: they become one again. */
final class Settling {
    /** On a machine on which many others work. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(240);

    private static final long LOOK_MILLIS = 500;
    private static final long ANSWER_MILLIS = 3_000;

    private final Cluster cluster;
    private final Run run = new Run();
    private final int voters;
    private final MemberFaults members;

    Settling(Cluster cluster, int voters, MemberFaults members) {
        this.cluster = cluster;
        this.voters = voters;
        this.members = members;
    }

    /** What did not come about: a group of as many voters as there should be, with one state on all. */
    List<String> troubles() {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        members.goOnFor(run);
        boolean settled = members.settle();
        var states = states();
        while (!(settled && areEqual(states)) && System.nanoTime() < deadline) {
            run.pause(LOOK_MILLIS);
            cluster.startAll();
            settled = settled || members.settle();
            states = states();
        }
        var troubles = new ArrayList<String>();
        if (!settled) {
            troubles.add("the group did not come back to " + voters + " voters with a leader: " + views());
        }
        if (!areEqual(states)) {
            troubles.add("the members did not come to the same state: " + states);
        }
        troubles.addAll(members.unended());
        troubles.addAll(run.problems());
        return troubles;
    }

    /** Index of the last command and digests, of each member. */
    private List<String> states() {
        return cluster.members().stream()
                .map(member -> String.valueOf(Answers.within(ANSWER_MILLIS, member.ask("state"))))
                .toList();
    }

    private boolean areEqual(List<String> states) {
        return states.size() == voters && new HashSet<>(states).size() == 1 && !states.contains("null");
    }

    private List<String> views() {
        return cluster.members().stream()
                .map(member -> member + ": " + member.view())
                .toList();
    }
}
