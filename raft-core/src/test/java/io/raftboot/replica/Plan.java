package io.raftboot.replica;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What is done to a world, and when. Known before it begins, so that a run that went wrong can be had again with less done to it.
 *
 * @param steps events until all is made well again
 */
record Plan(long steps, List<Fault> faults) {
    private static final int MIN_FAULTS = 20;
    private static final int MAX_FAULTS = 90;

    /** In one of so many seeds each second fault is a change of the members. */
    private static final int SEEDS_PER_ONE_OF_CHANGES = 4;

    /** What every run has: nobody stays away for ever, and the members change. */
    private static final List<Fault.Kind> ALWAYS =
            List.of(Fault.Kind.RESTART, Fault.Kind.CHANGE, Fault.Kind.HEAL, Fault.Kind.DISK_MENDED);

    /** One of about half of all kinds, each as often as the draw has it. */
    static Plan draw(RandomGenerator random, long steps) {
        var kinds = new ArrayList<Fault.Kind>();
        for (var kind : EnumSet.allOf(Fault.Kind.class)) {
            if (ALWAYS.contains(kind) || random.nextBoolean()) {
                int weight = random.nextInt(1, 6);
                for (int i = 0; i < weight; i++) {
                    kinds.add(kind);
                }
            }
        }
        if (random.nextInt(SEEDS_PER_ONE_OF_CHANGES) == 0) {
            kinds.addAll(Collections.nCopies(kinds.size(), Fault.Kind.CHANGE));
        }
        int count = random.nextInt(MIN_FAULTS, MAX_FAULTS);
        var faults = new ArrayList<Fault>();
        for (int i = 0; i < count; i++) {
            faults.add(new Fault(
                    random.nextLong(steps),
                    kinds.get(random.nextInt(kinds.size())),
                    random.nextInt(Integer.MAX_VALUE),
                    random.nextInt(Integer.MAX_VALUE)));
        }
        faults.sort(Comparator.comparingLong(Fault::atStep));
        return new Plan(steps, List.copyOf(faults));
    }

    /** The same with these alone. */
    Plan with(List<Fault> kept) {
        return new Plan(steps, List.copyOf(kept));
    }

    /** The same, ended earlier. */
    Plan endingAt(long earlier) {
        return new Plan(
                earlier,
                faults.stream().filter(fault -> fault.atStep() < earlier).toList());
    }
}
