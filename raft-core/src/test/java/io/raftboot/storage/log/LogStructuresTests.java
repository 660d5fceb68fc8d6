package io.raftboot.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftboot.raft.proto.Entry;
import io.raftboot.storage.Members;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the reader keeps in memory of a log, each against a list. */
class LogStructuresTests {

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void runsOfTermsSayTheTermOfEveryEntry(long seed) {
        var random = new Random(seed);
        var runs = new TermRuns(LogPosition.START);
        var terms = new ArrayList<>(List.of(0L));
        int base = 0;
        for (int step = 0; step < 2000; step++) {
            int last = terms.size() - 1;
            int kind = random.nextInt(20);
            if (kind == 0 && last > base) {
                int from = base + 1 + random.nextInt(last - base);
                runs.truncateFrom(from);
                terms.subList(from, terms.size()).clear();
            } else if (kind == 1) {
                base += random.nextInt(last - base + 1);
                runs.compact(base);
            } else {
                long term = terms.get(last) + random.nextInt(4) / 3;
                int count = 1 + random.nextInt(3);
                if (random.nextBoolean()) {
                    runs.append(last + 1, last + count, term);
                    terms.addAll(Collections.nCopies(count, term));
                } else {
                    var entries = Members.entries(term, last + 1, count, 0);
                    entries.addAll(Members.entries(term + 2, last + count + 1, 2, 0));
                    runs.append(entries);
                    entries.forEach(entry -> terms.add(entry.getTerm()));
                }
            }
            assertThat(runs.last()).isEqualTo(new LogPosition(terms.size() - 1, terms.get(terms.size() - 1)));
            assertThat(runs.base()).isEqualTo(new LogPosition(base, terms.get(base)));
            long probe = (long) base + random.nextInt(terms.size() - base);
            assertThat(runs.term(probe)).isEqualTo(terms.get((int) probe));
        }
    }

    @Test
    void entriesThatDoNotFollowAreRefused() {
        var runs = new TermRuns(new LogPosition(4, 2));
        runs.append(5, 6, 3);
        assertRefused(() -> runs.append(8, 8, 3), "entry 8 does not follow 6");
        assertRefused(() -> runs.append(6, 6, 3), "entry 6 does not follow 6");
        assertRefused(() -> runs.append(7, 7, 2), "entry 7 has term 2, less than 3");
        assertRefused(() -> new TermRuns(new LogPosition(4, 2)).append(5, 5, 1), "has term 1, less than 2");
        assertRefused(
                () -> runs.append(List.of(Members.entry(3, 7, 0), Members.entry(3, 9, 0))), "entries 7 to 9 are 2");
        assertThat(runs.last()).isEqualTo(new LogPosition(6, 3));
    }

    private static void assertRefused(ThrowingCallable append, String message) {
        assertThatIllegalArgumentException().isThrownBy(append).withMessageContaining(message);
    }

    @Test
    void cacheKeepsTheNewestWithinItsBytes() {
        var cache = new EntryCache(10_000);
        for (int i = 1; i <= 1000; i++) {
            cache.append(Members.entries(1, i, 1, i % 300));
            assertThat(cache.sizeBytes()).isLessThanOrEqualTo(10_000);
        }
        assertThat(cache.firstIndex()).isBetween(900L, 999L);
        for (long i = cache.firstIndex(); i <= 1000; i++) {
            assertThat(cache.get(i).getIndex()).isEqualTo(i);
        }
        cache.append(Members.entries(2, 990, 2, 10));
        assertThat(cache.get(991).getTerm()).isEqualTo(2);
        cache.compact(990);
        assertThat(cache.firstIndex()).isEqualTo(991);
        cache.append(List.of(Members.entry(1, 992, 20_000)));
        assertThat(cache.firstIndex()).isEqualTo(Long.MAX_VALUE);
        assertThat(cache.sizeBytes()).isZero();
    }

    @Test
    void cacheOfNothingHoldsNothing() {
        var cache = new EntryCache(0);
        cache.append(Members.entries(1, 1, 100, 10));
        assertThat(cache.firstIndex()).isEqualTo(Long.MAX_VALUE);
        cache.append(List.<Entry>of());
        cache.clear();
        assertThat(cache.sizeBytes()).isZero();
    }

    @Test
    void pointsLieApartButOneIsAtEverySegmentAndEveryCut() {
        var index = new SparseIndex();
        int size = 4096;
        for (int i = 0; i < 64; i++) {
            index.add(1 + i, new BatchPlace(1, (long) i * size, size));
        }
        assertThat(index.count()).isEqualTo(64 * size / SparseIndex.DISTANCE_BYTES);
        index.add(65, new BatchPlace(2, 512, size));
        assertThat(index.segment(index.find(65))).isEqualTo(2);
        assertThat(index.segment(index.find(64))).isEqualTo(1);

        index.cutFrom(60);
        index.add(60, new BatchPlace(2, 512 + size, size));
        assertThat(index.offset(index.find(60))).isEqualTo(512 + size);
        assertThat(index.endIndex(index.find(59))).isEqualTo(60);
        assertThat(index.find(1000)).isEqualTo(index.find(60));

        index.compact(40);
        assertThat(index.count()).isEqualTo(3);
        assertThat(index.totalBytes()).isBetween(20L * size, 40L * size);
        index.clear();
        assertThat(index.totalBytes()).isZero();
    }
}
