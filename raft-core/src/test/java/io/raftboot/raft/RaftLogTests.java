package io.raftboot.raft;

import static io.raftboot.raft.TestEntries.entries;
import static io.raftboot.raft.TestEntries.limited;
import static io.raftboot.raft.TestEntries.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.helpers.NOPLogger;

class RaftLogTests {
    private static final int STEPS_PER_SEED = 400;
    private static final long MAX_APPLYING_BYTES = 20;

    /** A log over a storage, and beside it a plain list of all its entries, which begins at index 1. */
    private static final class Model {
        private final MemoryStorage storage = new MemoryStorage();
        private final RaftLog log = new RaftLog(storage, MAX_APPLYING_BYTES, NOPLogger.NOP_LOGGER);
        private final List<Entry> all = new ArrayList<>();
        private final List<Entry> writing = new ArrayList<>();
        private long committed;
        private long handedOut;
        private long applied;
        private long term = 1;

        private long termAt(long index) {
            return index == 0 ? 0 : all.get((int) index - 1).getTerm();
        }

        /** What a leader of a new term sends: behind any entry that this log holds, from the committed one on. */
        private void maybeAppend(RandomGenerator random) {
            term += random.nextInt(2);
            long previous = committed + random.nextLong(all.size() - committed + 1);
            List<Entry> sent = new ArrayList<>(all.subList((int) previous, all.size()));
            int same = random.nextInt(sent.size() + 1);
            sent.subList(same, sent.size()).clear();
            sent.addAll(entries(previous + same + 1, random.nextInt(4), term, random));
            long leaderCommit = committed + random.nextInt(5);
            assertThat(log.maybeAppend(previous, termAt(previous) + 1, sent, leaderCommit))
                    .isFalse();

            assertThat(log.maybeAppend(previous, termAt(previous), sent, leaderCommit))
                    .isTrue();

            for (Entry entry : sent) {
                int position = (int) entry.getIndex() - 1;
                if (position == all.size() || all.get(position).getTerm() != entry.getTerm()) {
                    all.subList(position, all.size()).clear();
                    all.add(entry);
                }
            }
            committed = Math.max(committed, Math.min(leaderCommit, previous + sent.size()));
        }

        private void beginWrite() {
            List<Entry> next = log.nextUnstableEntries();
            if (!next.isEmpty()) {
                writing.clear();
                writing.addAll(next);
                storage.append(next);
                log.acceptUnstable();
            }
        }

        private void endWrite() {
            if (!writing.isEmpty()) {
                Entry last = writing.get(writing.size() - 1);
                log.stableTo(last.getIndex(), last.getTerm());
                writing.clear();
            }
        }

        private void handOut() {
            List<Entry> next = log.nextCommittedEntries(true);
            assertThat(next.isEmpty()).isEqualTo(!log.hasNextCommittedEntries(true));
            if (!next.isEmpty()) {
                assertThat(next).isEqualTo(all.subList((int) handedOut, (int) handedOut + next.size()));
                handedOut += next.size();
                log.acceptApplying(handedOut, EntrySizes.encoded(next), true);
            }
        }

        /** Some of what was handed out is done; more is handed out only if what is left is below the limit. */
        private void apply(RandomGenerator random) {
            if (handedOut > applied) {
                long done = applied + 1 + random.nextLong(handedOut - applied);
                log.appliedTo(done, EntrySizes.encoded(all.subList((int) applied, (int) done)));
                applied = done;
                long left = EntrySizes.encoded(all.subList((int) applied, (int) handedOut));
                assertThat(log.hasNextCommittedEntries(true))
                        .isEqualTo(committed > handedOut && left < MAX_APPLYING_BYTES);
            }
        }

        private void compact(RandomGenerator random) throws CompactedException {
            long highest = Math.min(applied, storage.lastIndex());
            if (highest >= storage.firstIndex()) {
                storage.compact(storage.firstIndex() + random.nextLong(highest - storage.firstIndex() + 1));
            }
        }

        private void check(RandomGenerator random) throws CompactedException {
            assertThat(log.lastIndex()).isEqualTo(all.size());
            assertThat(log.committedIndex()).isEqualTo(committed);
            assertThat(log.appliedIndex()).isEqualTo(applied);
            assertThat(log.firstIndex()).isEqualTo(storage.firstIndex());
            for (long index = log.firstIndex() - 1; index <= all.size(); index++) {
                assertThat(log.term(index)).isEqualTo(termAt(index));
            }
            assertThat(log.term(all.size() + 1)).isEqualTo(Unstable.UNKNOWN_TERM);
            long low = log.firstIndex() + random.nextLong(all.size() + 2 - log.firstIndex());
            long limit = random.nextInt(120);
            assertThat(log.entries(low, limit)).isEqualTo(limited(all.subList((int) low - 1, all.size()), limit));
            checkConflictSearch(random);
        }

        private void checkConflictSearch(RandomGenerator random) {
            long index = random.nextLong(all.size() + 3);
            long otherTerm = random.nextLong(term + 1);
            long expected = index;
            while (expected > 0
                    && expected >= log.firstIndex() - 1
                    && expected <= all.size()
                    && termAt(expected) > otherTerm) {
                expected--;
            }
            assertThat(log.findConflictByTerm(index, otherTerm)).isEqualTo(expected);
        }
    }

    @TestFactory
    List<DynamicTest> answersLikeAPlainList() {
        return Seeds.tests("raft.seeds", 10, random -> {
            Model model = new Model();
            for (int i = 0; i < STEPS_PER_SEED; i++) {
                switch (random.nextInt(10)) {
                    case 0, 1 -> model.beginWrite();
                    case 2, 3 -> model.endWrite();
                    case 4 -> model.handOut();
                    case 5 -> model.apply(random);
                    case 6 -> model.compact(random);
                    default -> model.maybeAppend(random);
                }
                model.check(random);
            }
        });
    }

    @Test
    void entriesNotYetStoredAreAppliedOnlyWhereThatIsAllowed() {
        RaftLog log = new RaftLog(new MemoryStorage(), RaftConfig.NO_LIMIT, NOPLogger.NOP_LOGGER);
        log.append(entries(1, 2, 1));
        log.commitTo(2);

        assertThat(log.nextCommittedEntries(true)).hasSize(2);
        assertThat(log.nextCommittedEntries(false)).isEmpty();
        log.stableTo(1, 1);
        assertThat(log.hasNextCommittedEntries(false)).isTrue();
    }

    @Test
    void atLeastOneEntryIsHandedOutWhateverTheLimit() {
        RaftLog log = new RaftLog(new MemoryStorage(), 0, NOPLogger.NOP_LOGGER);
        log.append(entries(1, 3, 1));
        log.commitTo(3);

        List<Entry> first = log.nextCommittedEntries(true);
        log.acceptApplying(1, EntrySizes.encoded(first), true);

        assertThat(first).hasSize(1);
        assertThat(log.hasNextCommittedEntries(true)).isFalse();
        log.appliedTo(1, EntrySizes.encoded(first));
        assertThat(log.nextCommittedEntries(true)).isEqualTo(entries(2, 1, 1));
    }

    @Test
    void nothingIsAppliedWhileASnapshotWaits() {
        MemoryStorage storage = new MemoryStorage();
        RaftLog log = new RaftLog(storage, RaftConfig.NO_LIMIT, NOPLogger.NOP_LOGGER);
        log.restore(snapshot(5, 2));
        log.append(entries(6, 1, 2));
        log.commitTo(6);

        assertThat(log.firstIndex()).isEqualTo(6);
        assertThat(log.term(5)).isEqualTo(2);
        assertThat(log.hasNextCommittedEntries(true)).isFalse();
        log.stableSnapshotTo(5);
        log.appliedTo(5, 0);
        assertThat(log.nextCommittedEntries(true)).hasSize(1);
    }

    @Test
    void logIsUpToDateByTermFirstAndThenByLength() {
        RaftLog log = new RaftLog(new MemoryStorage(), RaftConfig.NO_LIMIT, NOPLogger.NOP_LOGGER);
        log.append(entries(1, 3, 2));

        assertThat(log.isUpToDate(1, 3)).isTrue();
        assertThat(log.isUpToDate(3, 2)).isTrue();
        assertThat(log.isUpToDate(2, 2)).isFalse();
        assertThat(log.isUpToDate(9, 1)).isFalse();
    }

    @Test
    void entryOfAnEarlierTermIsNotCommittedByCounting() {
        RaftLog log = new RaftLog(new MemoryStorage(), RaftConfig.NO_LIMIT, NOPLogger.NOP_LOGGER);
        log.append(entries(1, 1, 1));

        assertThat(log.maybeCommit(1, 2)).isFalse();
        log.append(entries(2, 1, 2));
        assertThat(log.maybeCommit(2, 2)).isTrue();
    }

    @Test
    void whatIsCommittedIsNeverReplaced() {
        RaftLog log = new RaftLog(new MemoryStorage(), RaftConfig.NO_LIMIT, NOPLogger.NOP_LOGGER);
        log.append(entries(1, 3, 1));
        log.commitTo(2);

        assertThatThrownBy(() -> log.append(entries(2, 1, 2))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> log.maybeAppend(1, 1, entries(2, 1, 2), 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("entry 2 conflict with committed entry [committed(2)]");
        assertThatThrownBy(() -> log.commitTo(4)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> log.appliedTo(3, 0)).isInstanceOf(IllegalStateException.class);
    }
}
