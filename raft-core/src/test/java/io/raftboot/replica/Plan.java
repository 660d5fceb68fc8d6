package io.raftboot.replica;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What is done to a world, and when. Known before it begins, so that a run that went wrong can be had again with less done to it.
 *
 * @param steps events until all is made well again
 * @param calls those of the clients
 */
record Plan(long steps, List<Fault> faults, Calls calls) {
    private static final int MIN_FAULTS = 20;
    private static final int MAX_FAULTS = 90;

    /** In one of so many seeds each second fault has to do with changes of the members. */
    private static final int SEEDS_PER_ONE_OF_CHANGES = 4;

    /** What changes the members, or hits those that are being changed, as often as it is named. */
    private static final List<Fault.Kind> OF_MEMBERS = List.of(
            Fault.Kind.CHANGE,
            Fault.Kind.CHANGE,
            Fault.Kind.CHANGE,
            Fault.Kind.CHANGE,
            Fault.Kind.CHANGE,
            Fault.Kind.CHANGE_CROSSED,
            Fault.Kind.CHANGE_CROSSED,
            Fault.Kind.JOIN,
            Fault.Kind.REVIVE,
            Fault.Kind.WIPE,
            Fault.Kind.MOVE,
            Fault.Kind.VANISH,
            Fault.Kind.PROMOTED_UNHEARD);

    /** What every run has: nobody stays away for ever, and the members change. */
    private static final List<Fault.Kind> ALWAYS =
            List.of(Fault.Kind.RESTART, Fault.Kind.CHANGE, Fault.Kind.HEAL, Fault.Kind.DISK_MENDED);

    /** What every run has whose members speak TLS, and no other. */
    private static final Set<Fault.Kind> OF_TLS = EnumSet.of(Fault.Kind.CERTIFICATE, Fault.Kind.BAD_CERTIFICATE);

    Plan(long steps, List<Fault> faults) {
        this(steps, faults, Calls.ALL);
    }

    /**
     * One of about half of all kinds, each as often as the draw has it.
     *
     * @param tls whether members have certificates
     */
    static Plan draw(RandomGenerator random, long steps, Emphasis emphasis, boolean tls) {
        var kinds = new ArrayList<Fault.Kind>();
        for (var kind : EnumSet.allOf(Fault.Kind.class)) {
            boolean always = ALWAYS.contains(kind) || (tls && OF_TLS.contains(kind));
            boolean never = !tls && OF_TLS.contains(kind);
            if (!never && (always || random.nextBoolean())) {
                int weight = random.nextInt(1, 6);
                for (int i = 0; i < weight; i++) {
                    kinds.add(kind);
                }
            }
        }
        boolean ofMembers = random.nextInt(SEEDS_PER_ONE_OF_CHANGES) == 0;
        if (ofMembers || emphasis == Emphasis.CHANGES) {
            int others = kinds.size();
            for (int i = 0; i < others; i++) {
                kinds.add(OF_MEMBERS.get(i % OF_MEMBERS.size()));
            }
        }
        if (emphasis == Emphasis.TLS) {
            int others = kinds.size();
            for (int i = 0; i < others; i++) {
                kinds.add(i % 3 == 0 ? Fault.Kind.CERTIFICATE : Fault.Kind.BAD_CERTIFICATE);
            }
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
        return new Plan(steps, List.copyOf(kept), calls);
    }

    /** The same with these calls alone. */
    Plan with(Calls kept) {
        return new Plan(steps, faults, kept);
    }

    /** The same without so many steps before its first fault, which has to have them. */
    Plan beginningEarlier(long by) {
        return new Plan(
                steps - by,
                faults.stream()
                        .map(fault -> new Fault(fault.atStep() - by, fault.kind(), fault.who(), fault.what()))
                        .toList(),
                calls);
    }

    /** The same, ended earlier. */
    Plan endingAt(long earlier) {
        return new Plan(
                earlier,
                faults.stream().filter(fault -> fault.atStep() < earlier).toList(),
                calls);
    }
}
