package io.raftboot.chaos;

import io.raftboot.linearizability.Findings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What came of a campaign.
 *
 * @param tally what clients did, by name
 * @param problems all that must not be; empty if the campaign has passed
 */
record Report(
        Settings settings,
        long seconds,
        FaultLog faults,
        Map<String, Long> tally,
        Findings findings,
        List<String> problems) {

    /** How often the kinds that are told have fired. */
    private int fired(Predicate<Fault> kinds) {
        return Stream.of(Fault.values()).filter(kinds).mapToInt(faults::fired).sum();
    }

    /** Faults that this campaign makes, and that never fired in it. */
    List<Fault> neverFired() {
        return Stream.of(Fault.values())
                .filter(fault -> settings.makes(fault) && faults.fired(fault) == 0)
                .toList();
    }

    List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(settings.text() + ", took " + seconds + " s");
        lines.add(findings.lines().get(0));
        tally.forEach((what, count) -> lines.add("  " + what + ": " + count));
        lines.add("fault | fired | longest gap between writes, alone | with others");
        for (Fault fault : Fault.values()) {
            if (settings.makes(fault)) {
                var gap = faults.longest(fault);
                lines.add(fault.text() + " | " + faults.fired(fault) + " | " + gap.aloneMillis() + " ms | "
                        + gap.withOthersMillis() + " ms");
            }
        }
        lines.add("longest gap without a fault: " + faults.longestWithoutFault() + " ms; of all: "
                + faults.longestMillis() + " ms");
        problems.forEach(problem -> lines.add("PROBLEM: " + problem));
        lines.add(faults.fired(Fault.KILL) + " kills, " + faults.fired(Fault.PAUSE) + " pauses, "
                + fired(Fault::isPartition) + " partitions, " + fired(Fault::changesMembers) + " membership changes, "
                + findings.violations().size() + " violations, "
                + findings.undecided().size() + " undecided, " + problems.size() + " problems");
        return lines;
    }
}
