package io.raftboot.raft.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.testing.Seeds;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The arithmetic against computations that follow the definition and nothing else. */
class QuorumPropertyTests {
    private static final int CASES_PER_SEED = 2_000;
    private static final int MAX_VOTERS = 10;
    private static final List<Vote> ANY_VOTE = List.of(Vote.values());

    @TestFactory
    List<DynamicTest> committedIndexIsTheHighestThatAQuorumHolds() {
        return Seeds.tests("raft.seeds", 3, random -> {
            for (int i = 0; i < CASES_PER_SEED; i++) {
                IdSet ids = randomIds(random);
                Map<Long, Long> acked = randomIndexes(random, ids);
                MajorityConfig config = new MajorityConfig(ids);

                assertThat(config.committedIndex(id -> acked.getOrDefault(id, AckedIndexer.UNKNOWN)))
                        .as("voters %s, acknowledged %s", ids, acked)
                        .isEqualTo(naiveCommitted(ids, acked));
            }
        });
    }

    @TestFactory
    List<DynamicTest> jointCommittedIndexIsTheLowerOfBothHalves() {
        return Seeds.tests("raft.seeds", 3, random -> {
            for (int i = 0; i < CASES_PER_SEED; i++) {
                IdSet first = randomIds(random);
                IdSet second = randomIds(random);
                Map<Long, Long> acked = randomIndexes(random, first.union(second));
                JointConfig config = new JointConfig(new MajorityConfig(first), new MajorityConfig(second));
                long one = naiveCommitted(first, acked);
                long other = naiveCommitted(second, acked);

                assertThat(config.committedIndex(id -> acked.getOrDefault(id, AckedIndexer.UNKNOWN)))
                        .as("voters %s, acknowledged %s", config, acked)
                        .isEqualTo(Long.compareUnsigned(one, other) < 0 ? one : other);
            }
        });
    }

    @TestFactory
    List<DynamicTest> voteIsPendingExactlyWhileTheMissingVotesCanDecide() {
        return Seeds.tests("raft.seeds", 3, random -> {
            for (int i = 0; i < CASES_PER_SEED; i++) {
                IdSet first = randomIds(random);
                IdSet second = random.nextBoolean() ? IdSet.EMPTY : randomIds(random);
                JointConfig config = new JointConfig(new MajorityConfig(first), new MajorityConfig(second));
                Map<Long, Vote> votes = new HashMap<>();
                for (long id : config.ids().toList()) {
                    votes.put(id, ANY_VOTE.get(random.nextInt(ANY_VOTE.size())));
                }

                assertThat(config.voteResult(id -> votes.getOrDefault(id, Vote.MISSING)))
                        .as("voters %s, votes %s", config, votes)
                        .isEqualTo(naiveResult(first, second, votes));
            }
        });
    }

    @TestFactory
    List<DynamicTest> idSetBehavesLikeASortedSet() {
        return Seeds.tests("raft.seeds", 3, random -> {
            Set<Long> model = new TreeSet<>(Long::compareUnsigned);
            IdSet ids = IdSet.EMPTY;
            for (int i = 0; i < CASES_PER_SEED; i++) {
                long id = randomId(random);
                boolean add = random.nextBoolean();
                ids = add ? ids.with(id) : ids.without(id);
                boolean unused = add ? model.add(id) : model.remove(id);

                assertThat(ids.toList()).containsExactlyElementsOf(model);
                assertThat(ids.contains(id)).isEqualTo(add);
                assertThat(ids).isEqualTo(IdSet.of(model)).hasSameHashCodeAs(IdSet.of(model));
            }
        });
    }

    @Test
    void idsAreSortedAndShownUnsigned() {
        assertThat(IdSet.of(-1L, 10, 2, 10)).hasToString("(2 a ffffffffffffffff)");
        assertThat(IdSet.EMPTY).hasToString("()");
    }

    private static long naiveCommitted(IdSet ids, Map<Long, Long> acked) {
        if (ids.isEmpty()) {
            return -1L;
        }
        Set<Long> candidates = new HashSet<>(acked.values());
        candidates.add(0L);
        return candidates.stream()
                .filter(candidate -> ids.stream()
                                .filter(id -> Long.compareUnsigned(acked.getOrDefault(id, 0L), candidate) >= 0)
                                .count()
                        > ids.size() / 2)
                .max(Long::compareUnsigned)
                .orElseThrow();
    }

    private static VoteResult naiveResult(IdSet first, IdSet second, Map<Long, Vote> votes) {
        if (wins(first, votes, Vote.REJECTED) && wins(second, votes, Vote.REJECTED)) {
            return VoteResult.WON;
        }
        return wins(first, votes, Vote.GRANTED) && wins(second, votes, Vote.GRANTED)
                ? VoteResult.PENDING
                : VoteResult.LOST;
    }

    /** Whether the voters agree if every missing vote turns out to be the one given. */
    private static boolean wins(IdSet ids, Map<Long, Vote> votes, Vote insteadOfMissing) {
        long granted = ids.stream()
                .mapToObj(id -> votes.getOrDefault(id, Vote.MISSING))
                .map(vote -> vote == Vote.MISSING ? insteadOfMissing : vote)
                .filter(vote -> vote == Vote.GRANTED)
                .count();
        return ids.isEmpty() || granted > ids.size() / 2;
    }

    private static IdSet randomIds(RandomGenerator random) {
        int size = random.nextInt(MAX_VOTERS + 1);
        IdSet ids = IdSet.EMPTY;
        for (int i = 0; i < size; i++) {
            ids = ids.with(randomId(random));
        }
        return ids;
    }

    /** Mostly out of a small range, so that configurations overlap; sometimes one that is negative if taken as signed. */
    private static long randomId(RandomGenerator random) {
        long small = 1 + random.nextLong(12);
        return random.nextInt(8) == 0 ? -small : small;
    }

    private static Map<Long, Long> randomIndexes(RandomGenerator random, IdSet ids) {
        Map<Long, Long> acked = new HashMap<>();
        for (long id : ids.toList()) {
            switch (random.nextInt(6)) {
                case 0 -> {}
                case 1 -> acked.put(id, -2 - random.nextLong(3));
                default -> acked.put(id, random.nextLong(6));
            }
        }
        return acked;
    }
}
