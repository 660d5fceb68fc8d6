package io.raftboot.replica.divergence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.api.Outcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.replica.StubMachine;
import io.raftboot.replica.machine.MachineSlot;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RestoreDrillTests {
    private String restored = "";
    private String trouble = "";

    private final MachineSlot slot = new MachineSlot("machine", new StubMachine() {
        @Override
        public SnapshotWriter snapshot() {
            if (trouble.equals("capture")) {
                throw new IllegalStateException("no snapshot now");
            }
            return out -> out.write("state".getBytes(UTF_8));
        }

        @Override
        public void restore(InputStream snapshot) {
            try {
                restored = new String(snapshot.readAllBytes(), UTF_8);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            if (trouble.equals("restore")) {
                throw new IllegalStateException("can't be read");
            }
        }
    });

    private static List<Long> due(long seed) {
        var drill = new RestoreDrill(seed, List.of());
        return LongStream.rangeClosed(1, 4096).filter(drill::isDue).boxed().toList();
    }

    @Test
    void seedDecidesWhichEntries() {
        assertThat(due(1)).isEqualTo(due(1)).isNotEqualTo(due(2));
        assertThat(due(1).stream().filter(index -> index <= 256)).hasSizeBetween(40, 90);
        assertThat(due(1).stream().filter(index -> index > 256)).hasSizeBetween(30, 100);
    }

    @Test
    void machineIsAsOfTheEntryAtWhichItWasRestored() {
        slot.update(6, () -> new Outcome.Applied(new byte[0], 6));
        new RestoreDrill(1, List.of(slot)).restore(7);
        assertThat(restored).isEqualTo("state");
        assertThat(slot.appliedIndex()).isEqualTo(7);
        assertThat(slot.isHalfChanged()).isFalse();
    }

    @Test
    void machineThatGivesNoSnapshotIsLeftAsItIs() {
        trouble = "capture";
        slot.update(6, () -> new Outcome.Applied(new byte[0], 6));
        new RestoreDrill(1, List.of(slot)).restore(7);
        assertThat(restored).isEmpty();
        assertThat(slot.appliedIndex()).isEqualTo(6);
    }

    @Test
    void machineThatCannotBeRestoredIsHalfChanged() {
        trouble = "restore";
        var drill = new RestoreDrill(1, List.of(slot));
        assertThatThrownBy(() -> drill.restore(7))
                .isInstanceOf(StateMachineFailureException.class)
                .hasMessageContaining(
                        "'machine' can't be restored from a snapshot that it has just written, at index 7:"
                                + " can't be read");
        assertThat(slot.isHalfChanged()).isTrue();
    }
}
