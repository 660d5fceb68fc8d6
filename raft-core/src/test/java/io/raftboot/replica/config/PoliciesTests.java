package io.raftboot.replica.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftboot.api.EntryName;
import io.raftboot.api.MemberChange.Promotion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Settings by their names. */
class PoliciesTests {
    @Test
    void sessionsHaveWhatEachNameSays() {
        var policy = SessionPolicy.defaults()
                .withTimeout(Duration.ofMinutes(1))
                .withMaxSessions(2)
                .withKeyRetention(Duration.ofMinutes(3))
                .withMaxKeys(4)
                .withMaxKeyBytes(5);
        assertThat(policy).isEqualTo(new SessionPolicy(Duration.ofMinutes(1), 2, Duration.ofMinutes(3), 4, 5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.withMaxKeys(0))
                .withMessageContaining("idempotency keys");
    }

    @Test
    void snapshotsHaveWhatEachNameSays() {
        var policy = SnapshotPolicy.defaults()
                .withIntervalEntries(1)
                .withIntervalBytes(2)
                .withInterval(Duration.ofMinutes(3))
                .withRetainedCount(4)
                .withKeepEntries(5)
                .withMaxKeptLogBytes(6);
        assertThat(policy).isEqualTo(new SnapshotPolicy(1, 2, Duration.ofMinutes(3), 4, 5, 6));
    }

    @Test
    void diskMarksHaveWhatEachNameSays() {
        var marks = DiskMarks.defaults().withLowBytes(20L).withHighBytes(30L).withStopBytes(10L);
        assertThat(marks).isEqualTo(new DiskMarks(20L, 30L, 10L));
        assertThat(marks.withHighBytes(null)).isEqualTo(new DiskMarks(20L, null, 10L));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> marks.withStopBytes(20L))
                .withMessageContaining("stop mark");
    }

    @Test
    void comparisonsComeAtAPositiveNumberOfEntriesOrNever() {
        assertThat(DivergencePolicy.off().isOn()).isFalse();
        assertThat(DivergencePolicy.every(1).isOn()).isTrue();
        assertThat(DivergencePolicy.every(DivergencePolicy.MAX_ENTRIES).everyEntries())
                .isEqualTo(100_000);
        for (int wrong : new int[] {-1, DivergencePolicy.MAX_ENTRIES + 1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DivergencePolicy.every(wrong))
                    .withMessage("the number of entries between two comparisons of the states is " + wrong
                            + "; write one between 1 and 100000, or 0 to never compare them");
        }
    }

    @Test
    void membershipHasWhatEachNameSays() {
        var policy = MembershipPolicy.defaults()
                .withStableAfter(Duration.ofSeconds(1))
                .withPromote(Promotion.MANUAL)
                .withAcceptJoins(true)
                .withReplaceWiped(true)
                .withRemoveDeadAfter(Duration.ofHours(2))
                .withMinVoters(3)
                .withMaxVoters(5);
        assertThat(policy)
                .isEqualTo(new MembershipPolicy(
                        Duration.ofSeconds(1), Promotion.MANUAL, true, true, Duration.ofHours(2), 3, 5));
        assertThat(policy.withRemoveDeadAfter(null).removeDeadAfter()).isNull();
    }

    @Test
    void nobodyIsTakenForDeadBecauseOfARestart() {
        assertThat(MembershipPolicy.defaults().removeDeadAfter()).isNull();
        assertThat(MembershipPolicy.defaults()
                        .withRemoveDeadAfter(Duration.ofHours(1))
                        .removeDeadAfter())
                .isEqualTo(Duration.ofHours(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MembershipPolicy.defaults()
                        .withRemoveDeadAfter(Duration.ofHours(1).minusMillis(1)))
                .withMessageContaining("write PT1H or longer");
        for (int wrong : new int[] {-1, MembershipPolicy.MAX_VOTERS + 1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> MembershipPolicy.defaults().withMinVoters(wrong))
                    .withMessageContaining("stay are " + wrong);
        }
        for (int wrong : new int[] {0, MembershipPolicy.MAX_VOTERS + 1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> MembershipPolicy.defaults().withMaxVoters(wrong))
                    .withMessageContaining("join to be are " + wrong);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MembershipPolicy.defaults().withStableAfter(Duration.ofMillis(-1)))
                .withMessageContaining("0 is none");
    }

    /** The builder is the only way, so each value has to go through it once there and once back. */
    @Test
    void configurationComesBackFromItsBuilder() throws ReflectiveOperationException {
        var config = ReplicaConfig.builder(Path.of("data"))
                .clusterName("shop")
                .group("orders")
                .nodeId(2)
                .peers(List.of(Peer.valueOf("1@a"), Peer.valueOf("2@b")))
                .join(true)
                .storage(StorageKind.MEMORY)
                .tickInterval(Duration.ofMillis(7))
                .commandTimeout(Duration.ofSeconds(8))
                .maxCommandSizeBytes(9)
                .maxPendingCommands(10)
                .sessions(SessionPolicy.defaults().withMaxSessions(11))
                .snapshots(SnapshotPolicy.defaults().withKeepEntries(12))
                .leaseReads(true)
                .walSegmentSizeBytes(13)
                .walCacheSizeBytes(14)
                .diskMarks(DiskMarks.defaults().withLowBytes(15L))
                .maxPendingBytes(16)
                .noLeader(NoLeader.WAIT)
                .applySkip(List.of(EntryName.valueOf("4711:3:0c9a2f5e")))
                .onFailure(OnFailure.RESTART)
                .membership(MembershipPolicy.defaults().withMinVoters(20))
                .divergenceCheck(DivergencePolicy.every(17).restoringBy(18))
                .build();
        var defaults = ReplicaConfig.builder(Path.of("other")).build();
        var again = config.toBuilder().build();
        for (var field : ReplicaConfig.class.getDeclaredFields()) {
            if (field.getName().startsWith("MAX_")) {
                continue;
            }
            var accessor = ReplicaConfig.class.getMethod(field.getName());
            assertThat(accessor.invoke(config)).as(field.getName()).isNotEqualTo(accessor.invoke(defaults));
            assertThat(accessor.invoke(again)).as(field.getName()).isEqualTo(accessor.invoke(config));
        }
    }
}
