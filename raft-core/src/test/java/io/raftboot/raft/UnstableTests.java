package io.raftboot.raft;

import static io.raftboot.raft.TestEntries.entries;
import static io.raftboot.raft.TestEntries.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.helpers.NOPLogger;

class UnstableTests {
    private static final int STEPS_PER_SEED = 400;
    private static final long OFFSET = 5;

    /** The unstable end, and beside it a plain list; and slices that were handed out, with copies of them. */
    private static final class Model {
        private final Unstable unstable = new Unstable(OFFSET, NOPLogger.NOP_LOGGER);
        private final List<Entry> kept = new ArrayList<>();
        private final List<List<Entry>> slices = new ArrayList<>();
        private final List<List<Entry>> copies = new ArrayList<>();
        private long offset = OFFSET;
        private long inProgress = OFFSET;
        private @Nullable Snapshot snapshot;
        private boolean snapshotInProgress;
        private long term = 1;

        private long end() {
            return offset + kept.size();
        }

        private long lastIndex() {
            if (!kept.isEmpty()) {
                return end() - 1;
            }
            return snapshot == null ? Unstable.NO_INDEX : snapshot.getMetadata().getIndex();
        }

        private void append(RandomGenerator random) {
            term += random.nextInt(2);
            long lowest = snapshot == null
                    ? Math.max(1, offset - 2)
                    : snapshot.getMetadata().getIndex() + 1;
            long first = random.nextInt(3) == 0 ? lowest + random.nextLong(end() - lowest + 1) : end();
            List<Entry> added = entries(first, 1 + random.nextInt(5), term, random);
            unstable.truncateAndAppend(added);
            if (first < end() && first <= offset) {
                kept.clear();
                offset = first;
                inProgress = first;
            }
            kept.removeIf(entry -> entry.getIndex() >= first);
            kept.addAll(added);
            inProgress = Math.min(inProgress, first);
        }

        private void accept() {
            unstable.acceptInProgress();
            inProgress = end();
            snapshotInProgress = snapshot != null;
        }

        private void stable(RandomGenerator random) {
            if (kept.isEmpty()) {
                return;
            }
            Entry entry = kept.get(random.nextInt(kept.size()));
            unstable.stableTo(entry.getIndex(), entry.getTerm() + 1);
            check(random);
            unstable.stableTo(entry.getIndex(), entry.getTerm());
            kept.removeIf(other -> other.getIndex() <= entry.getIndex());
            offset = entry.getIndex() + 1;
            inProgress = Math.max(inProgress, offset);
        }

        private void restore(RandomGenerator random) {
            Snapshot received = snapshot(end() + random.nextInt(3), term);
            unstable.restore(received);
            snapshot = received;
            snapshotInProgress = false;
            kept.clear();
            offset = received.getMetadata().getIndex() + 1;
            inProgress = offset;
        }

        private void stableSnapshot() {
            if (snapshot != null) {
                unstable.stableSnapshotTo(snapshot.getMetadata().getIndex() + 1);
                assertThat(unstable.snapshot()).isEqualTo(snapshot);
                unstable.stableSnapshotTo(snapshot.getMetadata().getIndex());
                snapshot = null;
                snapshotInProgress = false;
            }
        }

        private void check(RandomGenerator random) {
            assertThat(unstable.offset()).isEqualTo(offset);
            assertThat(unstable.offsetInProgress()).isEqualTo(inProgress);
            assertThat(unstable.size()).isEqualTo(kept.size());
            assertThat(unstable.slice(offset, end())).isEqualTo(kept);
            List<Entry> next = kept.subList((int) (inProgress - offset), kept.size());
            assertThat(unstable.nextEntries()).isEqualTo(next);
            assertThat(unstable.hasNextEntries()).isEqualTo(!next.isEmpty());
            assertThat(unstable.nextSnapshot()).isEqualTo(snapshotInProgress ? null : snapshot);
            assertThat(unstable.lastIndex()).isEqualTo(lastIndex());
            kept.forEach(entry -> assertThat(unstable.term(entry.getIndex())).isEqualTo(entry.getTerm()));
            assertThat(unstable.term(end())).isEqualTo(Unstable.UNKNOWN_TERM);
            if (random.nextInt(10) == 0) {
                slices.add(unstable.nextEntries());
                copies.add(List.copyOf(next));
            }
        }
    }

    @TestFactory
    List<DynamicTest> answersLikeAPlainListAndNeverChangesWhatItHandedOut() {
        return Seeds.tests("raft.seeds", 10, random -> {
            Model model = new Model();
            for (int i = 0; i < STEPS_PER_SEED; i++) {
                switch (random.nextInt(12)) {
                    case 0 -> model.restore(random);
                    case 1, 2 -> model.stableSnapshot();
                    case 3, 4 -> model.stable(random);
                    case 5, 6, 7 -> model.accept();
                    default -> model.append(random);
                }
                model.check(random);
            }
            assertThat(model.slices).isEqualTo(model.copies);
        });
    }

    @Test
    void termsAreKnownOfEntriesAndOfTheSnapshotOnly() {
        Unstable unstable = new Unstable(OFFSET, NOPLogger.NOP_LOGGER);
        unstable.restore(snapshot(8, 3));
        unstable.truncateAndAppend(entries(9, 1, 4));

        assertThat(unstable.term(7)).isEqualTo(Unstable.UNKNOWN_TERM);
        assertThat(unstable.term(8)).isEqualTo(3);
        assertThat(unstable.term(9)).isEqualTo(4);
        assertThat(unstable.term(10)).isEqualTo(Unstable.UNKNOWN_TERM);
        assertThat(unstable.firstIndex()).isEqualTo(9);
    }

    @Test
    void sliceOutsideIsABrokenInvariant() {
        Unstable unstable = new Unstable(OFFSET, NOPLogger.NOP_LOGGER);
        unstable.truncateAndAppend(entries(OFFSET, 2, 1));

        assertThatThrownBy(() -> unstable.slice(OFFSET - 1, OFFSET)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> unstable.slice(OFFSET, OFFSET + 3)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> unstable.slice(OFFSET + 1, OFFSET)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void sliceIsUnmodifiable() {
        Unstable unstable = new Unstable(OFFSET, NOPLogger.NOP_LOGGER);
        unstable.truncateAndAppend(entries(OFFSET, 3, 1));
        List<Entry> slice = unstable.nextEntries();

        assertThatThrownBy(() -> slice.set(0, slice.get(1))).isInstanceOf(UnsupportedOperationException.class);
        assertThat(slice.subList(1, 3)).isEqualTo(entries(OFFSET + 1, 2, 1));
        assertThatThrownBy(() -> slice.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.subList(1, 3).get(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
