package io.raftboot.test;

import static org.awaitility.Awaitility.await;

import io.raftboot.api.Divergence;
import io.raftboot.api.ReplicaListener;
import io.raftboot.replica.ReplicaStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the members of a test's cluster stay alike. They compare their states after each entry, and one of them, which the seed
 * chooses, is restored from snapshots of its own at entries that the seed chooses as well: a map that was filled alike iterates
 * alike in one process, and one that was restored does not. Told on threads of the members, asked by the test's.
 */
final class Alikeness implements ReplicaListener {
    /** Property that the member has which is restored. */
    static final String RESTORE_SEED = "spring.test.raft.restore-seed";

    private static final Logger log = LoggerFactory.getLogger(Alikeness.class);

    /** Members tell each other at every tick; whatever does not come is kept back by the test. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration POLL = Duration.ofMillis(5);

    private final long seed;
    private final long restoredMember;
    private final Map<String, Divergence> found = new ConcurrentHashMap<>();
    private int reported;

    /** @param nodes of the cluster, whose ids begin with 1 */
    Alikeness(long seed, int nodes) {
        this.seed = seed;
        this.restoredMember = 1 + Math.floorMod((seed * 0x9E3779B97F4A7C15L) >>> Integer.SIZE, (long) nodes);
    }

    /** What the member is told beside who it is. */
    Map<String, Object> propertiesOf(long memberId) {
        return memberId == restoredMember ? Map.of(RESTORE_SEED, seed) : Map.of();
    }

    @Override
    public void diverged(Divergence divergence) {
        found.putIfAbsent(divergence.machine(), divergence);
    }

    /**
     * Waits until the members have compared what they have applied, as far as they hear of each other, and fails if that was not
     * the same, once for each state machine.
     *
     * @throws AssertionError saying what differs, since which command, and how to have the same again
     */
    void check(Collection<RaftMember> members) {
        try {
            await().pollDelay(Duration.ZERO).pollInterval(POLL).atMost(PATIENCE).until(() -> areCompared(members));
        } catch (ConditionTimeoutException e) {
            log.info("The members have not compared their states by the end of the test, and are not waited for", e);
        }
        // The event comes on a thread of its own, and may be on its way yet.
        running(members).forEach(member -> member.divergence().found().forEach(this::diverged));
        if (found.size() > reported) {
            reported = found.size();
            throw new AssertionError(text());
        }
    }

    private static boolean areCompared(Collection<RaftMember> members) {
        var running = running(members);
        return running.stream().allMatch(Alikeness::isSettled)
                && running.stream().allMatch(leader -> haveApplied(leader, running));
    }

    private static List<ReplicaStatus> running(Collection<RaftMember> members) {
        return members.stream()
                .filter(RaftMember::isRunning)
                .map(RaftMember::status)
                .toList();
    }

    private static boolean isSettled(ReplicaStatus member) {
        long every = member.divergence().everyEntries();
        return every == 0
                || (member.divergence().settled()
                        && member.divergence().hashedIndex() >= member.appliedIndex() - member.appliedIndex() % every);
    }

    /** Whether those that the leader hears of have applied what it has committed; of others than the leader it is not asked. */
    private static boolean haveApplied(ReplicaStatus leader, List<ReplicaStatus> running) {
        return running.stream().allMatch(member -> {
            var progress = leader.progress().get(member.nodeId());
            return progress == null || !progress.recentActive() || member.appliedIndex() >= leader.commitIndex();
        });
    }

    private String text() {
        String all = found.values().stream().map(Divergence::text).collect(Collectors.joining(".\nAlso: "));
        return "The members of the cluster have not stayed alike: " + all + ".\nMember " + restoredMember
                + " was restored from snapshots of its own in the course of the test, at entries that were drawn from the seed "
                + seed + ": @RaftTest(seed = " + seed
                + "L) draws the same ones. What a snapshot does not hold is lost at such an"
                + " entry, and a map or a set may iterate in another order behind it";
    }
}
