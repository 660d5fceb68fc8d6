package io.raftboot.chaos;

import io.raftboot.chaos.FaultProxy.Kind;
import io.raftboot.chaos.Plan.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What is done to links: by dropped packets, and by the proxy. Owned by the thread of its track. */
final class NetworkFaults {
    private static final int FLAPS = 5;
    private static final int FLAP_MILLIS = 1_000;
    private static final int[] LOSS_PERCENT = {5, 20};

    private final Cluster cluster;
    private final Ground ground;
    private final FaultLog faults;
    private final Run run;

    NetworkFaults(Cluster cluster, Ground ground, FaultLog faults, Run run) {
        this.cluster = cluster;
        this.ground = ground;
        this.faults = faults;
        this.run = run;
    }

    void make(Action action) {
        var places = new ArrayList<>(
                cluster.members().stream().map(ClusterMember::place).toList());
        int victim = victim(action.random(), places);
        places.remove(Integer.valueOf(victim));
        switch (action.fault()) {
            case PARTITION -> partition(action, victim, places);
            case ONE_WAY_PARTITION -> oneWay(action, victim, places);
            case PARTIAL_PARTITION -> {
                int other = places.get(action.random().nextInt(places.size()));
                cutFor(action, "between places " + victim + " and " + other, () -> cut(victim, other));
            }
            case FLAPPING_PARTITION -> flap(action, victim, places);
            case LOSS -> {
                int percent = LOSS_PERCENT[action.random().nextInt(LOSS_PERCENT.length)];
                cutFor(action, percent + " % to place " + victim, () -> ground.network()
                        .lose(victim, percent));
            }
            case DELAY -> spoil(action, Kind.DELAY, action.random().nextInt(10, 400), victim);
            case THROTTLE -> spoil(action, Kind.THROTTLE, action.random().nextInt(200, 20_000), victim);
            case HALF_OPEN -> spoil(action, Kind.HALF_OPEN, 1, victim);
            case RESET -> resetAgainAndAgain(action, victim);
            case FLIP -> spoil(action, Kind.FLIP, action.random().nextInt(1, 6), victim);
            default -> throw new IllegalArgumentException(action.fault() + " is not done to links");
        }
    }

    /** The leader's place half of the time. */
    private int victim(SplittableRandom random, List<Integer> places) {
        var leader = random.nextBoolean() ? cluster.leader() : null;
        return leader == null
                ? places.get(random.nextInt(places.size()))
                : leader.member().place();
    }

    private void partition(Action action, int victim, List<Integer> others) {
        var here = new ArrayList<>(List.of(victim));
        if (others.size() > 2 && action.random().nextBoolean()) {
            here.add(others.remove(action.random().nextInt(others.size())));
        }
        cutFor(action, here + " from " + others, () -> here.forEach(one -> others.forEach(other -> cut(one, other))));
    }

    private void oneWay(Action action, int victim, List<Integer> others) {
        boolean sends = action.random().nextBoolean();
        cutFor(
                action,
                sends ? "place " + victim + " is not heard" : "place " + victim + " does not hear",
                () -> others.forEach(other -> ground.network().cut(sends ? victim : other, sends ? other : victim)));
    }

    private void flap(Action action, int victim, List<Integer> others) {
        var fault = faults.begin(action.fault(), "place " + victim);
        long dropped = 0;
        for (int flaps = 0; flaps < FLAPS && !run.isOver(); flaps++) {
            others.forEach(other -> cut(victim, other));
            run.pause(FLAP_MILLIS);
            dropped += ground.network().heal();
            run.pause(FLAP_MILLIS);
        }
        fault.end(dropped > 0 ? 1 : 0);
    }

    private void cut(int one, int other) {
        ground.network().cut(one, other);
        ground.network().cut(other, one);
    }

    private void cutFor(Action action, String what, Runnable cut) {
        var fault = faults.begin(action.fault(), what + " for " + action.hold() + " ms");
        cut.run();
        run.pause(action.hold());
        fault.end(ground.network().heal() > 0 ? 1 : 0);
    }

    private void spoil(Action action, Kind kind, int value, int victim) {
        boolean sends = action.random().nextBoolean();
        var fault = faults.begin(
                action.fault(),
                value + (sends ? " from" : " to") + " place " + victim + " for " + action.hold() + " ms");
        long before = done(kind);
        ground.set(sends ? victim : FaultProxy.ANYONE, sends ? FaultProxy.ANYONE : victim, kind, value);
        run.pause(action.hold());
        ground.healProxy();
        fault.end(done(kind) > before ? 1 : 0);
    }

    /** A storm: whoever dials again is reset again. */
    private void resetAgainAndAgain(Action action, int victim) {
        var fault = faults.begin(action.fault(), "of place " + victim + " for " + action.hold() + " ms");
        long before = done(Kind.RESET);
        for (int time = 0; time < action.hold() && !run.isOver(); time += FLAP_MILLIS / 4) {
            ground.set(victim, FaultProxy.ANYONE, Kind.RESET, 1);
            run.pause(FLAP_MILLIS / 4);
        }
        fault.end(done(Kind.RESET) > before ? 1 : 0);
    }

    private long done(Kind kind) {
        return ground.done().getOrDefault(kind, 0L);
    }
}
