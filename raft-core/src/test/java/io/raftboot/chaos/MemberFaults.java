package io.raftboot.chaos;

import io.raftboot.chaos.Plan.Action;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Leadership that moves, and members that come and go, are moved and lose their directories, by the verbs that an operator has. Owned by
 * the thread of its track, and at the end by the campaign's.
 */
final class MemberFaults {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(180);
    private static final long LONGEST_PLAN_MILLIS = 1_500;
    private static final long ANSWER_MILLIS = 3_000;

    private final Cluster cluster;
    private final FaultLog faults;
    private final Changes changes;
    private final int voters;
    private Run run;

    /** @param voters as many as there are between two changes */
    MemberFaults(Cluster cluster, FaultLog faults, Run run, Tally tally, int voters) {
        this.cluster = cluster;
        this.faults = faults;
        this.run = run;
        this.changes = new Changes(cluster, run, tally);
        this.voters = voters;
    }

    /** From now on this run says how long to go on. */
    void goOnFor(Run newRun) {
        run = newRun;
        changes.goOnFor(newRun);
    }

    void make(Action action) {
        var random = action.random();
        if (action.fault() == Fault.TRANSFER) {
            transfer(random);
            return;
        }
        if (!settle()) {
            return;
        }
        switch (action.fault()) {
            case REMOVE -> inSteps(random);
            case REPLACE_JOINTLY -> replace(random);
            case SET_MEMBERS -> set(random);
            case CANCEL_CHANGE -> cancel(random);
            case MOVE -> move(random);
            case WIPE -> wipe(action);
            case LEADER_KILLED_IN_CHANGE -> killInChange(action);
            default -> throw new IllegalArgumentException(action.fault() + " is no change of members");
        }
    }

    /**
     * Brings the group back to as many voters as it should have, and no learners, whatever came in between before.
     *
     * @return whether that is so now
     */
    boolean settle() {
        var view = changes.look();
        if (view.running() != 0) {
            changes.cancel(view.running());
        }
        if (!changes.await(PATIENCE_NANOS, now -> now.running() == 0)) {
            return false;
        }
        view = changes.look();
        if (view.members().size() != voters || view.voters().size() != voters) {
            var wanted = new ArrayList<>(view.members().stream()
                    .sorted(Comparator.comparing((GroupView.Member member) -> !member.isHealthy())
                            .thenComparing(member -> !member.isVoter()))
                    .limit(voters)
                    .map(member -> member.id() + "@" + member.address())
                    .toList());
            while (wanted.size() < voters) {
                var joining = cluster.join();
                if (joining == null) {
                    break;
                }
                wanted.add(address(joining.member()));
            }
            if (view.leaderId() == 0 || view.members().isEmpty() || !changes.done("set " + String.join(",", wanted))) {
                return false;
            }
            view = changes.look();
        }
        if (view.leaderId() == 0 || view.running() != 0 || view.voters().size() != voters) {
            return false;
        }
        for (ClusterMember member : new ArrayList<>(cluster.members())) {
            if (view.member(member.id()) == null) {
                cluster.dispose(member);
            }
        }
        return true;
    }

    /** Changes that were accepted and have not ended. */
    List<String> unended() {
        var unused = changes.look();
        return changes.unended();
    }

    /** It is a member now, and maybe where another one was. */
    private void joined(Cluster.Joining joining) {
        if (joining.formerId() != null) {
            faults.begin(Fault.ADDRESS_REUSE, joining.member() + " where member " + joining.formerId() + " was")
                    .end(1);
        }
    }

    private static String address(ClusterMember member) {
        return member.id() + "@" + where(member);
    }

    private static String newcomer(Cluster.Joining joining) {
        return joining.member().id() + " " + where(joining.member());
    }

    /** Where all others look for it. */
    private static String where(ClusterMember member) {
        return member.peer().host() + ":" + member.peer().port();
    }

    /** Added as a learner, promoted by hand when it has caught up; another one is demoted, and then removed. */
    private void inSteps(SplittableRandom random) {
        var joining = cluster.join();
        if (joining == null || !change(Fault.ADD_LEARNER, "add " + newcomer(joining) + " manual")) {
            return;
        }
        joined(joining);
        if (!change(Fault.PROMOTE, "promote " + joining.member().id())) {
            return;
        }
        for (ClusterMember victim : victims(random, List.of(joining.member()), 1)) {
            if (change(Fault.DEMOTE, "demote " + victim.id()) && change(Fault.REMOVE, "remove " + victim.id())) {
                cluster.dispose(victim);
            }
        }
    }

    private void replace(SplittableRandom random) {
        var joining = new ArrayList<Cluster.Joining>();
        for (int count = random.nextInt(1, 3); count > 0; count--) {
            var newcomer = cluster.join();
            if (newcomer != null) {
                joining.add(newcomer);
            }
        }
        var in = joining.stream().map(Cluster.Joining::member).toList();
        var out = victims(random, in, in.size());
        String words = "replace " + in.stream().map(MemberFaults::address).collect(Collectors.joining(",")) + " "
                + out.stream().map(member -> String.valueOf(member.id())).collect(Collectors.joining(","));
        if (!in.isEmpty() && in.size() == out.size() && change(Fault.REPLACE_JOINTLY, words)) {
            joining.forEach(this::joined);
            out.forEach(cluster::dispose);
        }
    }

    private void set(SplittableRandom random) {
        var joining = cluster.join();
        if (joining == null) {
            return;
        }
        var out = victims(random, List.of(joining.member()), 1);
        String wanted = cluster.members().stream()
                .filter(member -> !out.contains(member))
                .map(MemberFaults::address)
                .collect(Collectors.joining(","));
        if (change(Fault.SET_MEMBERS, "set " + wanted)) {
            joined(joining);
            out.forEach(cluster::dispose);
        }
    }

    /** One that can't go on, as nobody comes under the id that is to be added. */
    private void cancel(SplittableRandom random) {
        var nobody = cluster.nobody();
        var fault = faults.begin(Fault.CANCEL_CHANGE, "of the addition of " + nobody);
        Long id = changes.begin("add " + nobody.id() + " " + nobody.host() + ":" + nobody.port() + " auto");
        fault.end(id != null && isCancelled(id, random) ? 1 : 0);
    }

    private boolean isCancelled(long id, SplittableRandom random) {
        run.pause(random.nextLong(LONGEST_PLAN_MILLIS));
        boolean ended = changes.await(PATIENCE_NANOS, view -> {
            if (view.running() == id) {
                changes.cancel(id);
            }
            return view.ended().containsKey(id);
        });
        return ended && Changes.CANCELLED.equals(changes.awaitEnd(id));
    }

    /** The group is told first, then the process comes back where it is from now on. */
    private void move(SplittableRandom random) {
        var victim = victims(random, List.of(), 1).get(0);
        var there = cluster.freePeer(victim.id());
        if (there == null) {
            return;
        }
        var fault = faults.begin(Fault.MOVE, victim + " to " + there.host());
        String address = there.host() + ":" + there.port();
        boolean moved = false;
        if (changes.done("move " + victim.id() + " " + address) && cluster.relocate(victim)) {
            moved = changes.await(PATIENCE_NANOS, view -> {
                var member = view.member(victim.id());
                return member != null && member.isHealthy() && member.address().equals(address);
            });
        }
        fault.end(moved ? 1 : 0);
    }

    /**
     * It comes back with an empty directory, and takes its own place; if that does not come about in time it is removed. Others rest
     * meanwhile: with one member that is out, three can't do without another one, and all have to be there for that.
     */
    private void wipe(Action action) {
        run.setTruce(true);
        try {
            wipeInTruce(action);
        } finally {
            run.setTruce(false);
        }
    }

    private void wipeInTruce(Action action) {
        var victim = victims(action.random(), List.of(), 1).get(0);
        var before = changes.look().member(victim.id());
        if (before == null || before.incarnation() == 0) {
            return;
        }
        var fault = faults.begin(Fault.WIPE, String.valueOf(victim));
        boolean wiped = victim.wipe();
        run.pause(action.hold());
        victim.start();
        boolean replaced = changes.await(PATIENCE_NANOS, view -> {
            var member = view.member(victim.id());
            return member != null
                    && member.isVoter()
                    && member.isHealthy()
                    && member.incarnation() != before.incarnation()
                    && view.running() == 0;
        });
        fault.end(wiped && replaced ? 1 : 0);
        if (wiped && !replaced && changes.done("remove " + victim.id())) {
            cluster.dispose(victim);
        }
    }

    /** The leader dies while it carries a change out: the next one goes on with it. */
    private void killInChange(Action action) {
        var joining = cluster.join();
        if (joining == null) {
            return;
        }
        String words = "add " + newcomer(joining) + " auto";
        var fault = faults.begin(Fault.LEADER_KILLED_IN_CHANGE, words);
        Long id = changes.begin(words);
        boolean killed = false;
        if (id != null) {
            run.pause(action.random().nextLong(LONGEST_PLAN_MILLIS));
            var leader = cluster.leader();
            boolean running = changes.look().running() == id;
            killed = leader != null && running && leader.member().kill();
            run.pause(action.hold());
            cluster.startAll();
        }
        boolean done = id != null && Changes.DONE.equals(changes.awaitEnd(id));
        fault.end(killed && done ? 1 : 0);
    }

    private List<ClusterMember> victims(SplittableRandom random, List<ClusterMember> spared, int count) {
        var others = new ArrayList<>(cluster.members());
        others.removeAll(spared);
        var victims = new ArrayList<ClusterMember>();
        while (victims.size() < count && !others.isEmpty()) {
            victims.add(others.remove(random.nextInt(others.size())));
        }
        return victims;
    }

    private boolean change(Fault fault, String words) {
        var running = faults.begin(fault, words);
        boolean done = changes.done(words);
        running.end(done ? 1 : 0);
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
}
