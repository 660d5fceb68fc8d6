package io.raftboot.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Looks for less that still goes wrong in the same way: an earlier end, then fewer faults, by halves, quarters and so on, as long as
 * leaving some out changes nothing of what is found, and likewise fewer calls of clients; then fewer steps before the first of the
 * faults that are left, and behind the last.
 */
final class Shrinking {

    private final long seed;
    private final String kind;
    private final Function<Plan, List<String>> world;
    private final long calls;
    private Plan plan;
    private int runs;

    /**
     * @param found what goes wrong with the plan
     * @param calls how many calls clients made then
     */
    Shrinking(long seed, Plan plan, String found, long calls) {
        this(seed, plan, found, calls, less -> new WorldRun(seed, less, less.steps())
                .run()
                .found());
    }

    /** @param world what is found with a plan */
    Shrinking(long seed, Plan plan, String found, long calls, Function<Plan, List<String>> world) {
        this.seed = seed;
        this.calls = calls;
        this.plan = plan;
        this.kind = kind(found);
        this.world = world;
    }

    /** The beginning of what is said of it, which numbers and names of the very run have no part in. */
    static String kind(String found) {
        var text = found.replaceAll("[0-9]+", "#");
        int end = text.indexOf(" is broken");
        return end > 0 ? text.substring(0, end) : text.substring(0, Math.min(text.length(), 40));
    }

    /** The least that was found. */
    Plan shrink() {
        shorten();
        int parts = 2;
        while (plan.faults().size() > 1 && parts <= plan.faults().size()) {
            parts = leaveOutOne(parts) ? Math.max(2, parts - 1) : finer(parts);
        }
        callLess(Calls.of(calls), 0, Calls.PARTS);
        beginEarlier();
        shorten();
        System.out.println("seed " + seed + ": " + plan.faults().size() + " faults, " + plan.steps() + " steps and "
                + (Calls.PARTS - plan.calls().silent().size()) + " of " + Calls.PARTS
                + " parts of the calls are left after " + runs + " runs");
        return plan;
    }

    /** Leaves out the parts of this range; or, where they can't be left out together, what can be of its halves. */
    private void callLess(Calls all, int from, int to) {
        var range = IntStream.range(from, to).boxed().collect(Collectors.toSet());
        var present = plan.calls().silent().isEmpty() ? all : plan.calls();
        var less = plan.with(present.without(range));
        if (goesWrong(less)) {
            plan = less;
        } else if (to - from > 1) {
            int middle = (from + to) / 2;
            callLess(all, from, middle);
            callLess(all, middle, to);
        }
    }

    /** Twice as many parts, up to one for each fault; one more than that once there is nothing finer. */
    private int finer(int parts) {
        int most = plan.faults().size();
        return parts == most ? most + 1 : Math.min(2 * parts, most);
    }

    private void shorten() {
        for (long steps = plan.steps() / 2; steps > 0; steps /= 2) {
            var shorter = plan.endingAt(plan.steps() - steps);
            if (goesWrong(shorter)) {
                plan = shorter;
            }
        }
    }

    private void beginEarlier() {
        if (plan.faults().isEmpty()) {
            return;
        }
        for (long by = plan.faults().get(0).atStep(); by > 0; by /= 2) {
            long before = plan.faults().get(0).atStep();
            if (by <= before && goesWrong(plan.beginningEarlier(by))) {
                plan = plan.beginningEarlier(by);
            }
        }
    }

    private boolean leaveOutOne(int parts) {
        var faults = plan.faults();
        for (int part = 0; part < parts; part++) {
            var kept = new ArrayList<Fault>();
            for (int i = 0; i < faults.size(); i++) {
                if (i * parts / faults.size() != part) {
                    kept.add(faults.get(i));
                }
            }
            if (kept.size() < faults.size() && goesWrong(plan.with(kept))) {
                plan = plan.with(kept);
                return true;
            }
        }
        return false;
    }

    private boolean goesWrong(Plan less) {
        runs++;
        return world.apply(less).stream().anyMatch(found -> kind(found).equals(kind));
    }

    /** The faults, a line each. */
    static List<String> lines(Plan plan) {
        return plan.faults().stream().map(Fault::toString).toList();
    }
}
