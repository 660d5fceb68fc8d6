package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.proof.plant.Planted;
import io.raftboot.proof.plant.Plants;
import io.raftboot.replica.SimulatedStore.Command;
import io.raftboot.replica.SimulatedStore.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a history of a world's clients finds, by itself and of mistakes in the product. */
@ExtendWith(SilentMembers.class)
class StoreHistoryTests {
    private static final int SEEDS = 120;

    private long nanos;
    private final StoreHistory history = new StoreHistory(() -> nanos++);

    private StoreHistory.Running begin(Verb verb, String value, String expected) {
        return history.begin(1, new Command(verb, "key", value, expected));
    }

    private void assertOrdered() {
        assertThat(history.check().isLinearizable()).isTrue();
    }

    private void assertNotOrdered(String why) {
        assertThat(StoreHistory.violations(history.check())).hasSize(1).allSatisfy(violation -> assertThat(violation)
                .startsWith(StoreHistory.NO_ORDER)
                .contains(why));
    }

    @Test
    void answersOfOneStoreHaveAnOrder() {
        begin(Verb.SET, "a", "").applied("");
        begin(Verb.ADD, "b", "").applied("a");
        begin(Verb.SWAP, "c", "a,b").applied("a,b");
        begin(Verb.SWAP, "d", "x").applied("c");
        history.beginRead(2, "key").done("c");
        history.beginRead(2, "other").done("");
        assertOrdered();
    }

    @Test
    void readThatMissesWhatWasAnsweredBeforeHasNone() {
        begin(Verb.SET, "a", "").applied("");
        begin(Verb.SET, "b", "").applied("a");
        history.beginRead(2, "key").done("a");
        assertNotOrdered("-> \"a\"");
    }

    @Test
    void swapThatDidNotSwapHasSeenTheValueToo() {
        begin(Verb.SET, "a", "").applied("");
        begin(Verb.SWAP, "b", "x").applied("older");
        assertNotOrdered("nobody ever wrote older");
    }

    @Test
    void commandThatIsSentAgainTakesPlaceOnce() {
        var sentTwice = begin(Verb.ADD, "a", "");
        sentTwice.attemptLost();
        begin(Verb.ADD, "b", "").applied("a");
        sentTwice.applied("a,b");
        assertNotOrdered("no order of its operations explains");
    }

    @Test
    void commandThatWasRefusedIsNotThere() {
        begin(Verb.ADD, "a", "").refused();
        history.beginRead(2, "key").done("a");
        assertNotOrdered("of an operation that failed");
    }

    @Test
    void commandThatWasRefusedWhenItWasSentAgainMayBeThereLater() {
        var sentTwice = begin(Verb.ADD, "a", "");
        sentTwice.attemptLost();
        sentTwice.refused();
        begin(Verb.ADD, "b", "").unknown();
        history.beginRead(2, "key").done("");
        history.beginRead(2, "key").done("b,a");
        assertOrdered();
    }

    /** Nothing but the answers of clients is looked at. */
    @ParameterizedTest
    @CsvSource({"READS_ARE_LOCAL", "REPETITION_APPLIED_AGAIN", "KEY_FORGOTTEN", "UNKNOWN_CALLED_REFUSED"})
    void mistakeInTheProductIsFound(String plant) {
        var search = Planted.search(Plants.named(plant), HistoryCourse.class.getName(), 1, SEEDS);
        assertThat(search.finding()).isNotNull().startsWith(StoreHistory.NO_ORDER);
    }
}
