package io.raftboot.raft;

import static io.raftboot.raft.TestEntries.entries;
import static io.raftboot.raft.TestEntries.limited;
import static io.raftboot.raft.TestEntries.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class MemoryStorageTests {
    private static final int STEPS_PER_SEED = 300;

    /** A storage, and beside it a plain list of the entries it should hold. */
    private static final class Model {
        private final MemoryStorage storage = new MemoryStorage();
        private final List<Entry> kept = new ArrayList<>();
        private long previousIndex;
        private long previousTerm;
        private long snapshotIndex;
        private long term = 1;

        private long lastIndex() {
            return previousIndex + kept.size();
        }

        private void append(RandomGenerator random) {
            term += random.nextInt(2);
            long first = Math.max(1, previousIndex - 1 + random.nextLong(lastIndex() - previousIndex + 3));
            List<Entry> added = entries(first, random.nextInt(6), term, random);
            storage.append(added);
            for (Entry entry : added) {
                if (entry.getIndex() > previousIndex) {
                    kept.removeIf(old -> old.getIndex() >= entry.getIndex());
                    kept.add(entry);
                }
            }
        }

        private void compact(RandomGenerator random) throws CompactedException {
            if (kept.isEmpty()) {
                return;
            }
            Entry last = kept.get(random.nextInt(kept.size()));
            storage.compact(last.getIndex());
            kept.removeIf(entry -> entry.getIndex() <= last.getIndex());
            previousIndex = last.getIndex();
            previousTerm = last.getTerm();
        }

        private void createSnapshot(RandomGenerator random) throws SnapshotOutOfDateException {
            if (!kept.isEmpty() && lastIndex() > snapshotIndex) {
                long index = Math.max(previousIndex, snapshotIndex) + 1;
                index += random.nextLong(lastIndex() - index + 1);
                assertThat(storage.createSnapshot(index, null, ByteString.EMPTY)
                                .getMetadata()
                                .getIndex())
                        .isEqualTo(index);
                snapshotIndex = index;
            }
        }

        private void applySnapshot(RandomGenerator random) throws SnapshotOutOfDateException {
            long index = Math.max(snapshotIndex, previousIndex) + 1 + random.nextInt(10);
            storage.applySnapshot(snapshot(index, term));
            kept.clear();
            previousIndex = index;
            previousTerm = term;
            snapshotIndex = index;
        }

        private void check(RandomGenerator random) throws StorageException {
            assertThat(storage.firstIndex()).isEqualTo(previousIndex + 1);
            assertThat(storage.lastIndex()).isEqualTo(lastIndex());
            assertThat(storage.term(previousIndex)).isEqualTo(previousTerm);
            for (Entry entry : kept) {
                assertThat(storage.term(entry.getIndex())).isEqualTo(entry.getTerm());
            }
            if (!kept.isEmpty()) {
                int from = random.nextInt(kept.size());
                int to = from + 1 + random.nextInt(kept.size() - from);
                long limit = random.nextInt(100);
                assertThat(storage.entries(previousIndex + 1 + from, previousIndex + 1 + to, limit))
                        .isEqualTo(limited(kept.subList(from, to), limit));
            }
            assertThatThrownBy(() -> storage.entries(previousIndex, previousIndex + 1, 1))
                    .isInstanceOf(CompactedException.class);
            assertThatThrownBy(() -> storage.entries(previousIndex + 1, lastIndex() + 2, 1))
                    .isInstanceOf(UnavailableException.class);
            assertThatThrownBy(() -> storage.term(lastIndex() + 1)).isInstanceOf(UnavailableException.class);
            assertThatThrownBy(() -> storage.term(previousIndex - 1)).isInstanceOf(CompactedException.class);
        }
    }

    @TestFactory
    List<DynamicTest> answersLikeAPlainList() {
        return Seeds.tests("raft.seeds", 10, random -> {
            Model model = new Model();
            for (int i = 0; i < STEPS_PER_SEED; i++) {
                switch (random.nextInt(10)) {
                    case 0 -> model.compact(random);
                    case 1 -> model.createSnapshot(random);
                    case 2 -> model.applySnapshot(random);
                    default -> model.append(random);
                }
                model.check(random);
            }
        });
    }

    @Test
    void startsWithNothing() {
        MemoryStorage storage = new MemoryStorage();

        assertThat(storage.initialState())
                .isEqualTo(new InitialState(HardState.getDefaultInstance(), ConfState.getDefaultInstance()));
        assertThat(storage.firstIndex()).isEqualTo(1);
        assertThat(storage.lastIndex()).isZero();
    }

    @Test
    void initialStateIsWhatWasStoredLast() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        HardState hardState =
                HardState.newBuilder().setTerm(3).setVote(2).setCommit(1).build();
        ConfState confState = ConfState.newBuilder().addVoters(1).build();
        storage.setHardState(hardState);
        storage.append(entries(1, 2, 3));
        storage.createSnapshot(2, confState, ByteString.EMPTY);

        assertThat(storage.initialState()).isEqualTo(new InitialState(hardState, confState));
        assertThat(storage.snapshot().getMetadata().getTerm()).isEqualTo(3);
    }

    @Test
    void listThatWasGivenOutStaysAsItIs() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        storage.append(entries(1, 3, 1));
        List<Entry> before = storage.entries(1, 4, RaftConfig.NO_LIMIT);

        storage.append(entries(2, 2, 2));

        assertThat(before).isEqualTo(entries(1, 3, 1));
    }

    @Test
    void gapIsRefused() {
        MemoryStorage storage = new MemoryStorage();
        storage.append(entries(1, 2, 1));

        assertThatThrownBy(() -> storage.append(entries(4, 1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("missing log entry [last: 2, append at: 4]");
        assertThat(storage.lastIndex()).isEqualTo(2);
    }

    @Test
    void olderSnapshotIsRefused() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        storage.applySnapshot(snapshot(5, 1));

        assertThatThrownBy(() -> storage.applySnapshot(snapshot(5, 1))).isInstanceOf(SnapshotOutOfDateException.class);
        assertThatThrownBy(() -> storage.createSnapshot(5, null, ByteString.EMPTY))
                .isInstanceOf(SnapshotOutOfDateException.class);
        assertThatThrownBy(() -> storage.compact(5)).isInstanceOf(CompactedException.class);
    }

    @Test
    void snapshotWithoutIndexMayBringTheFirstConfiguration() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        ConfState confState = ConfState.newBuilder().addVoters(7).build();
        storage.applySnapshot(snapshot(0, 0).toBuilder()
                .setMetadata(snapshot(0, 0).getMetadata().toBuilder().setConfState(confState))
                .build());

        assertThat(storage.initialState().confState()).isEqualTo(confState);
    }

    @Test
    void whatIsNotThereCanNeitherBeCompactedNorPutIntoASnapshot() {
        MemoryStorage storage = new MemoryStorage();
        storage.append(entries(1, 2, 1));

        assertThatThrownBy(() -> storage.compact(3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> storage.createSnapshot(3, null, ByteString.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
