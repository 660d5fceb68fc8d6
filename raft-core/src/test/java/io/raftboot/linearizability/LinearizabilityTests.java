package io.raftboot.linearizability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.linearizability.Operation.Done;
import io.raftboot.linearizability.Operation.Ending;
import io.raftboot.linearizability.Operation.Failed;
import io.raftboot.linearizability.Operation.Unknown;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;

/** Histories made by hand, each with one thing that may or may not happen. */
class LinearizabilityTests {
    private final List<Operation> operations = new ArrayList<>();

    @Test
    void readBehindAWriteSeesIt() {
        write("a", 0, 10);
        read("a", 20, 30);
        assertLinearizable();
    }

    @Test
    void staleReadIsFound() {
        write("a", 0, 10);
        write("b", 20, 30);
        read("a", 40, 50);
        assertViolation().contains("the first that no order explains is #2 client 0 read [40, 50] -> \"a\"");
    }

    @Test
    void readDuringAWriteMaySeeBothValues() {
        write("a", 0, 10);
        write("b", 20, 100);
        read("a", 30, 40);
        read("b", 50, 60);
        assertLinearizable();
    }

    @Test
    void valueThatWasSeenOnceMayNotGoAgain() {
        write("a", 0, 10);
        write("b", 20, 100);
        read("b", 30, 40);
        read("a", 50, 60);
        assertViolation();
    }

    @Test
    void operationsThatTouchInTimeMayStandInEitherOrder() {
        write("a", 0, 10);
        read("", 10, 20);
        assertLinearizable();
    }

    @Test
    void lostUpdateIsFound() {
        append("1", 0, 10);
        append("2", 20, 30);
        read("2", 40, 50);
        assertViolation().contains("it does not see what was there before it: #0 client 0 append 1 [0, 10] done");
    }

    @Test
    void appendThatTookPlaceTwiceIsFound() {
        append("1", 0, 10);
        read("1,1", 20, 30);
        assertViolation().contains("an element is in its answer twice: something took place twice");
    }

    @Test
    void appendsInTwoOrdersAreFound() {
        append("1", 0, 100);
        append("2", 0, 100);
        read("1,2", 110, 120);
        read("2,1", 110, 120);
        assertViolation();
    }

    @Test
    void readOfAWriteThatFailedIsFound() {
        add(new Call.Write("a"), 0, 10, new Failed());
        read("a", 20, 30);
        assertViolation().contains("a is of an operation that failed: #0 client 0 write a [0, 10] failed");
    }

    @Test
    void readOfWhatNobodyWroteIsFound() {
        write("a", 0, 10);
        read("z", 20, 30);
        assertViolation().contains("nobody ever wrote z");
    }

    @Test
    void readOfWhatWasWrittenLaterIsFound() {
        read("a", 0, 10);
        write("a", 20, 30);
        assertViolation().contains("a was written later: #1 client 0 write a [20, 30] done");
    }

    @Test
    void unknownWriteMayTakePlaceMuchLater() {
        add(new Call.Write("a"), 0, 10, new Unknown());
        write("b", 20, 30);
        read("b", 40, 50);
        read("a", 60, 70);
        assertLinearizable();
    }

    @Test
    void unknownWriteMayNeverTakePlace() {
        add(new Call.Append("a"), 0, 10, new Unknown());
        append("b", 20, 30);
        read("b", 40, 50);
        assertLinearizable();
    }

    @Test
    void unknownWriteTakesPlaceOnceAtMost() {
        add(new Call.Write("a"), 0, 10, new Unknown());
        read("a", 20, 30);
        write("b", 40, 50);
        read("b", 60, 70);
        read("a", 80, 90);
        assertViolation();
    }

    @Test
    void unknownWriteDoesNotTakePlaceBeforeItsInvocation() {
        read("a", 0, 10);
        add(new Call.Write("a"), 20, 30, new Unknown());
        assertViolation();
    }

    @Test
    void unknownWriteMayHideAValueFromARefusedSet() {
        write("a", 0, 10);
        add(new Call.Write("b"), 20, 30, new Unknown());
        add(new Call.CompareAndSet("a", "c"), 40, 50, new Done(Call.NOT_SET));
        assertLinearizable();
    }

    @Test
    void refusedSetWithoutAReasonIsFound() {
        write("a", 0, 10);
        add(new Call.CompareAndSet("a", "c"), 40, 50, new Done(Call.NOT_SET));
        assertViolation();
    }

    @Test
    void twoSetsOfOneValueAreFound() {
        write("a", 0, 10);
        add(new Call.CompareAndSet("a", "b"), 20, 50, new Done(Call.SET));
        add(new Call.CompareAndSet("a", "c"), 20, 50, new Done(Call.SET));
        assertViolation();
    }

    @Test
    void answersOfWritesAreTheValuesBefore() {
        add(new Call.Write("a"), 0, 10, new Done(""));
        add(new Call.Append("b"), 20, 30, new Done("a"));
        assertLinearizable();
        add(new Call.Write("c"), 40, 50, new Done("a"));
        assertViolation();
    }

    /** Of two keys each may be explained by itself, whatever came first on the other. */
    @Test
    void keysAreIndependent() {
        operations.add(operation("x", new Call.Write("1"), 0, 10, new Done(null)));
        operations.add(operation("y", new Call.Write("1"), 20, 30, new Done(null)));
        operations.add(operation("y", new Call.Read(), 40, 50, new Done("1")));
        operations.add(operation("x", new Call.Read(), 40, 50, new Done("1")));
        assertLinearizable();
        operations.add(operation("x", new Call.Read(), 60, 70, new Done("")));
        var findings = Linearizability.check(operations);
        assertThat(findings.violations()).extracting(Findings.Violation::key).containsExactly("x");
        assertThat(findings.keys()).isEqualTo(2);
    }

    @Test
    void explanationIsTheShortestBeginningWithoutWhatDoesNotMatter() {
        for (long i = 0; i < 200; i++) {
            write("v" + i, 100 * i, 100 * i + 10);
            read("v" + i, 100 * i + 20, 100 * i + 30);
        }
        read("v7", 20_000, 20_010);
        write("end", 20_020, 20_030);
        read("end", 20_040, 20_050);
        assertViolation()
                .contains("the first that no order explains is #400 client 0 read [20000, 20010] -> \"v7\"")
                .contains("(141 earlier ones)")
                .contains("with \"v199\" at the end")
                .contains("#398 client 0 write v199")
                .doesNotContain("write end")
                .doesNotContain("read [19920");
    }

    @Test
    void searchThatRunsOutOfStepsIsUndecidedAndNoSuccess() {
        for (int i = 0; i < 12; i++) {
            add(new Call.Write("same"), 0, 1000, new Done(null));
            add(new Call.Append("same"), 0, 1000, new Done(null));
        }
        read("same,same,same,same,other", 2000, 2010);
        var findings = Linearizability.check(operations, 100);
        assertThat(findings.undecided()).containsExactly("k");
        assertThat(findings.violations()).isEmpty();
        assertThat(findings.isLinearizable()).isFalse();
        assertThat(findings.lines()).contains("key k: undecided, the search ran out of steps");
    }

    @Test
    void findingsDoNotDependOnTheOrderOfTheList() {
        var history = RandomHistory.of(3, new RandomHistory.Mix(300, 3, 5, 10, 0));
        var broken = new ArrayList<>(history);
        broken.add(operation("k1", new Call.Read(), 9_000, 9_001, new Done("e1")));
        var shuffled = new ArrayList<>(broken);
        Collections.shuffle(shuffled, new Random(1));
        assertThat(Linearizability.check(broken).violations()).hasSize(1);
        assertThat(Linearizability.check(broken).steps())
                .isEqualTo(Linearizability.check(shuffled).steps());
    }

    @Test
    void operationThatReturnsBeforeItIsInvokedIsRefused() {
        assertThatThrownBy(() -> read("a", 10, 9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("operation 0 returned at 9, before it was invoked at 10");
    }

    @Test
    void elementWithACommaIsRefused() {
        assertThatThrownBy(() -> new Call.Append("a,b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an element is a text without commas, not 'a,b'");
    }

    private void write(String element, long invoked, long returned) {
        add(new Call.Write(element), invoked, returned, new Done(null));
    }

    private void append(String element, long invoked, long returned) {
        add(new Call.Append(element), invoked, returned, new Done(null));
    }

    private void read(String value, long invoked, long returned) {
        add(new Call.Read(), invoked, returned, new Done(value));
    }

    private void add(Call call, long invoked, long returned, Ending ending) {
        operations.add(operation("k", call, invoked, returned, ending));
    }

    private Operation operation(String key, Call call, long invoked, long returned, Ending ending) {
        return new Operation(operations.size(), 0, key, call, invoked, returned, ending);
    }

    private void assertLinearizable() {
        var findings = Linearizability.check(operations);
        assertThat(findings.isLinearizable()).as(findings.toString()).isTrue();
    }

    private AbstractStringAssert<?> assertViolation() {
        var findings = Linearizability.check(operations);
        assertThat(findings.violations()).as(findings.toString()).hasSize(1);
        assertThat(findings.isLinearizable()).isFalse();
        return assertThat(findings.toString());
    }
}
