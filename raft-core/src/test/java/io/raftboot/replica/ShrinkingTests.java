package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left of a plan that goes wrong. */
class ShrinkingTests {
    private static final String FOUND = "something is broken";
    private static final long STEPS_TO_BEGIN = 100;
    private static final long STEPS_TO_SHOW = 300;

    /** Goes wrong once two faults have come, behind some steps, and some steps later. */
    private static List<String> world(Plan plan) {
        var crash = at(plan, Fault.Kind.CRASH);
        var wipe = at(plan, Fault.Kind.WIPE);
        boolean wrong = crash >= STEPS_TO_BEGIN && wipe > crash && plan.steps() >= wipe + STEPS_TO_SHOW;
        return wrong ? List.of(FOUND) : List.of();
    }

    private static long at(Plan plan, Fault.Kind kind) {
        return plan.faults().stream()
                .filter(fault -> fault.kind() == kind)
                .mapToLong(Fault::atStep)
                .findFirst()
                .orElse(-1);
    }

    @Test
    void whatDoesNotMatterIsLeftOutAndTheStepsAroundIt() {
        var faults = new ArrayList<Fault>();
        for (long step = 0; step < 10_000; step += 100) {
            var kind = step == 6_000 ? Fault.Kind.CRASH : step == 6_400 ? Fault.Kind.WIPE : Fault.Kind.PAUSE;
            faults.add(new Fault(step, kind, 1, 2));
        }
        var least = new Shrinking(1, new Plan(10_000, faults), FOUND, 3_200, ShrinkingTests::world).shrink();

        assertThat(least.faults()).extracting(Fault::kind).containsExactly(Fault.Kind.CRASH, Fault.Kind.WIPE);
        assertThat(least.faults().get(0).atStep()).isBetween(STEPS_TO_BEGIN, 2 * STEPS_TO_BEGIN);
        long wipe = least.faults().get(1).atStep();
        assertThat(wipe - least.faults().get(0).atStep()).isEqualTo(400);
        assertThat(least.steps()).isBetween(wipe + STEPS_TO_SHOW, wipe + 2 * STEPS_TO_SHOW);
        assertThat(world(least)).containsExactly(FOUND);
        assertThat(least.calls().silent()).hasSize(Calls.PARTS);
    }

    @Test
    void callsThatMatterStay() {
        var faults = List.of(new Fault(10, Fault.Kind.CRASH, 1, 2));
        var least = new Shrinking(
                        1,
                        new Plan(100, faults),
                        FOUND,
                        3_200,
                        less -> less.calls().isMade(1_234) && less.calls().isMade(2_999) ? List.of(FOUND) : List.of())
                .shrink();

        assertThat(least.calls().silent()).hasSize(Calls.PARTS - 2);
        assertThat(least.calls().isMade(1_234)).isTrue();
        assertThat(least.calls().isMade(2_999)).isTrue();
        assertThat(least.calls().isMade(0)).isFalse();
    }
}
