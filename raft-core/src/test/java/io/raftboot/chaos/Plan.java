package io.raftboot.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * What is done one after the other to one side of the members, from a seed: first each kind once, in an order of chance, then what
 * chance brings. Each track has a thread of its own, so faults of different tracks meet. Owned by that thread.
 */
final class Plan {
    /** One side of the members. */
    enum Track {
        KILLS,
        PAUSES,
        NETWORK,
        MEMBERS;

        private List<Weight> weights() {
            return switch (this) {
                case KILLS -> List.of(new Weight(Fault.KILL, 1));
                case PAUSES ->
                    List.of(
                            new Weight(Fault.PAUSE, 80),
                            new Weight(Fault.ROLLING_RESTART, 4),
                            new Weight(Fault.WALL_CLOCK, 16),
                            new Weight(Fault.MONOTONIC_CLOCK, 16),
                            new Weight(Fault.CERTIFICATES, 12),
                            new Weight(Fault.WRONG_CERTIFICATE, 8));
                case NETWORK ->
                    List.of(
                            new Weight(Fault.PARTITION, 20),
                            new Weight(Fault.ONE_WAY_PARTITION, 14),
                            new Weight(Fault.PARTIAL_PARTITION, 10),
                            new Weight(Fault.FLAPPING_PARTITION, 4),
                            new Weight(Fault.LOSS, 5),
                            new Weight(Fault.DELAY, 5),
                            new Weight(Fault.THROTTLE, 4),
                            new Weight(Fault.HALF_OPEN, 6),
                            new Weight(Fault.RESET, 5),
                            new Weight(Fault.FLIP, 6));
                // Before one is removed another one is added, promoted, and it is demoted.
                case MEMBERS ->
                    List.of(
                            new Weight(Fault.TRANSFER, 15),
                            new Weight(Fault.REPLACE_JOINTLY, 15),
                            new Weight(Fault.REMOVE, 15),
                            new Weight(Fault.SET_MEMBERS, 10),
                            new Weight(Fault.CANCEL_CHANGE, 6),
                            new Weight(Fault.MOVE, 10),
                            new Weight(Fault.WIPE, 5),
                            new Weight(Fault.LEADER_KILLED_IN_CHANGE, 10));
            };
        }

        private int restMillis() {
            return switch (this) {
                case KILLS, NETWORK -> 6_000;
                case PAUSES, MEMBERS -> 8_000;
            };
        }
    }

    private record Weight(Fault fault, int weight) {}

    /**
     * What to do next.
     *
     * @param hold how long the fault stays, in milliseconds
     * @param rest how long nothing is done behind it, in milliseconds
     * @param random for what is chosen when the members are known
     */
    record Action(Fault fault, int hold, int rest, SplittableRandom random) {}

    private final Track track;
    private final SplittableRandom random;
    private final List<Weight> weights;
    private final List<Fault> first = new ArrayList<>();

    /** @param makes whether a fault can be made at all */
    Plan(long seed, Track track, Predicate<Fault> makes) {
        this.track = track;
        random = new SplittableRandom(seed + track.name().hashCode());
        weights = track.weights().stream()
                .filter(weight -> makes.test(weight.fault()))
                .toList();
        for (Weight weight : weights) {
            first.add(random.nextInt(first.size() + 1), weight.fault());
        }
    }

    /** Whether there is anything to do. */
    boolean isEmpty() {
        return weights.isEmpty();
    }

    Action next() {
        var fault = first.isEmpty() ? drawn() : first.remove(0);
        return new Action(
                fault, hold(fault), random.nextInt(track.restMillis() / 2, track.restMillis() * 3 / 2), random.split());
    }

    private Fault drawn() {
        int left = random.nextInt(weights.stream().mapToInt(Weight::weight).sum());
        for (Weight weight : weights) {
            left -= weight.weight();
            if (left < 0) {
                return weight.fault();
            }
        }
        throw new IllegalStateException("weights without a sum");
    }

    /** Mostly short, now and then far beyond all time-outs. */
    private int hold(Fault fault) {
        boolean isLong = random.nextInt(20) == 0;
        return switch (fault) {
            case KILL -> isLong ? random.nextInt(5_000, 15_000) : random.nextInt(50, 2_500);
            case PAUSE -> isLong ? random.nextInt(10_000, 40_000) : random.nextInt(500, 6_000);
            default -> isLong ? random.nextInt(8_000, 20_000) : random.nextInt(1_500, 6_000);
        };
    }
}
