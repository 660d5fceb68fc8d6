package io.raftboot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalReadsTests {
    private final List<String> problems = new ArrayList<>();
    private final LocalReads reads = new LocalReads(problems::add);
    private final ControlledProcess one;
    private final ControlledProcess other;

    LocalReadsTests(@TempDir Path dir) {
        // They do nothing but be two.
        one = new ControlledProcess("one", List.of("cat"), Map.of(), dir.resolve("one.log"));
        other = new ControlledProcess("other", List.of("cat"), Map.of(), dir.resolve("other.log"));
    }

    @AfterEach
    void end() {
        one.kill();
        other.kill();
    }

    @Test
    void stateThatGoesOnIsFine() {
        reads.answered(one, "k", 1, "");
        reads.answered(one, "k", 5, "a");
        reads.answered(one, "k", 5, "a");
        reads.answered(one, "k", 7, "a,b");
        assertThat(problems).isEmpty();
    }

    @Test
    void stateThatGoesBackIsAProblem() {
        reads.answered(one, "k", 5, "a,b");
        reads.answered(one, "k", 6, "a");
        reads.answered(one, "k", 4, "a");
        assertThat(problems)
                .containsExactly(
                        "a local read of k was answered 'a' behind 'a,b' by the same process",
                        "a local read of k was answered at index 4 behind one at 6 by the same process");
    }

    @Test
    void longerElementIsNotTheElement() {
        reads.answered(one, "k", 5, "a");
        reads.answered(one, "k", 6, "ab");
        reads.mustHold("k", "ab", "a", 6);
        assertThat(problems).hasSize(2);
    }

    @Test
    void anotherProcessMayBeBehind() {
        reads.answered(one, "k", 5, "a");
        reads.answered(other, "k", 3, "");
        assertThat(problems).isEmpty();
    }

    @Test
    void commandThatIsNotSeenFromItsIndexOnIsAProblem() {
        reads.mustHold("k", "a,b", "b", 6);
        assertThat(problems).isEmpty();
        reads.mustHold("k", "a", "b", 6);
        assertThat(problems).containsExactly("a local read of k from index 6 on was answered 'a', without b");
    }
}
