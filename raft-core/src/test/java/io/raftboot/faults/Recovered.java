package io.raftboot.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.BitSet;

/** What a member finds in a directory, opened in the process of the test. */
record Recovered(BitSet numbers, int repeated) {
    /** A number that no test gets to. */
    private static final int LATER = 100_000_000;

    /**
     * Opens the directory, asks for what is there, has one more command applied, and closes it.
     *
     * @throws RuntimeException if the directory is refused
     */
    static Recovered from(Path dir) {
        try (var member = WritingMember.open(dir)) {
            var recovered =
                    new Recovered(member.machine().numbers(), member.machine().repeated());
            recovered.numbers.clear(LATER);
            assertThat(member.takes(LATER)).as("takes a command").isTrue();
            return recovered;
        }
    }

    /** The acknowledged numbers that are not there. */
    BitSet missing(BitSet acknowledged) {
        var missing = (BitSet) acknowledged.clone();
        missing.andNot(numbers);
        return missing;
    }

    /** Everything that callers were told is so. */
    void assertAsTold(OutcomeFile.Outcomes told) {
        assertThat(missing(told.applied())).as("acknowledged and missing").isEqualTo(new BitSet());
        var wrong = (BitSet) told.refused().clone();
        wrong.and(numbers);
        assertThat(wrong).as("refused and applied").isEqualTo(new BitSet());
        assertThat(repeated).as("applied more than once").isZero();
    }
}
