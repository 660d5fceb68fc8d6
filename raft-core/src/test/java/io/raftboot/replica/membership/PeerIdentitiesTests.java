package io.raftboot.replica.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.transport.MemberRun;
import io.raftboot.transport.RemoteMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PeerIdentitiesTests {
    private static final long INCARNATION = 7;

    private Members members = new Members(new TreeMap<>());
    private boolean upToDate = true;
    private final PeerIdentities identities = new PeerIdentities(() -> members, () -> upToDate);

    private static RemoteMember remote(long incarnation, MemberRun run) {
        return new RemoteMember(1, "default", 2, incarnation, "b:2", run);
    }

    private @Nullable String refusal(long runId, long number, long term, long lastIndex) {
        return identities.refuse(remote(INCARNATION, new MemberRun(runId, number, term, lastIndex)));
    }

    private static Message message(MessageType type, long term, long index, boolean reject) {
        return Message.newBuilder()
                .setType(type)
                .setFrom(2)
                .setTerm(term)
                .setIndex(index)
                .setReject(reject)
                .build();
    }

    private void acknowledge(long term, long index) {
        assertThat(identities.accept(2, message(MessageType.MSG_APP_RESP, term, index, false)))
                .isTrue();
    }

    private void known(long incarnation, long runs, long runId, boolean removed) {
        members = members.with(MemberRecord.newBuilder()
                .setId(2)
                .setIncarnation(incarnation)
                .setRuns(runs)
                .setRunId(runId)
                .setRemoved(removed)
                .build());
    }

    @Test
    void memberKeepsLeasesOnlyInTheRunInWhichItSaidSo() {
        assertThat(identities.keepsLeases(2)).isFalse();
        assertThat(refusal(11, 1, 3, 10)).isNull();
        known(INCARNATION, 1, 11, false);
        assertThat(identities.keepsLeases(2)).as("it did not say so").isFalse();
        var loyal = Objects.requireNonNull(members.get(2)).toBuilder()
                .setLeases(true)
                .build();
        members = members.with(loyal);
        assertThat(identities.keepsLeases(2)).isTrue();
        assertThat(refusal(12, 2, 3, 10)).isNull();
        assertThat(identities.keepsLeases(2)).as("another run").isFalse();
        members = members.with(loyal.toBuilder().setRuns(2).setRunId(12).build());
        assertThat(identities.keepsLeases(2)).isTrue();
    }

    @Test
    void runThatIsBehindWhatAnEarlierOneAcknowledgedIsRefused() {
        assertThat(refusal(11, 1, 3, 10)).isNull();
        acknowledge(3, 20);
        assertThat(refusal(11, 1, 3, 10)).as("the same run connects again").isNull();
        assertThat(refusal(12, 2, 3, 20)).isNull();
        assertThat(refusal(13, 2, 4, 5))
                .as("a later leader may have cut its log")
                .isNull();
        assertThat(refusal(14, 2, 3, 19)).contains("older copy").contains("index 20 in term 3");
        assertThat(refusal(15, 2, 2, 30)).contains("older copy");
    }

    @Test
    void voteIsPromisedByItsTerm() {
        assertThat(refusal(11, 1, 3, 10)).isNull();
        assertThat(identities.accept(2, message(MessageType.MSG_VOTE_RESP, 5, 0, true)))
                .isTrue();
        assertThat(refusal(12, 2, 4, 10)).contains("older copy");
        assertThat(refusal(12, 2, 5, 10)).isNull();
    }

    @Test
    void rejectionAndPreVotePromiseNothing() {
        assertThat(refusal(11, 1, 3, 10)).isNull();
        assertThat(identities.accept(2, message(MessageType.MSG_APP_RESP, 3, 99, true)))
                .isTrue();
        assertThat(identities.accept(2, message(MessageType.MSG_PRE_VOTE_RESP, 9, 0, false)))
                .isTrue();
        assertThat(refusal(12, 2, 3, 10)).isNull();
    }

    @Test
    void runThatIsNotTheNewestTheGroupKnowsIsRefused() {
        known(INCARNATION, 5, 50, false);
        assertThat(refusal(60, 6, 3, 10)).isNull();
        assertThat(refusal(50, 5, 3, 10)).isNull();
        assertThat(refusal(51, 5, 3, 10)).contains("older copy").contains("started 5 times");
        assertThat(refusal(51, 4, 3, 10)).contains("older copy");
    }

    /** Who has heard a member introduce itself can repeat its directory, and leave the rest away. */
    @Test
    void memberThatDoesNotSayItsRunIsNotTheOneThatTheGroupKnows() {
        assertThat(identities.refuse(remote(INCARNATION, MemberRun.UNKNOWN))).isNull();
        assertThat(identities.accept(2, message(MessageType.MSG_HEARTBEAT_RESP, 1, 0, false)))
                .isTrue();
        known(INCARNATION, 1, 11, false);
        assertThat(identities.accept(2, message(MessageType.MSG_HEARTBEAT_RESP, 1, 0, false)))
                .isFalse();
        assertThat(identities.refuse(remote(INCARNATION, MemberRun.UNKNOWN))).contains("without saying which run");
        assertThat(refusal(11, 1, 3, 10)).isNull();
        known(INCARNATION, 1, 11, true);
        assertThat(identities.refuse(remote(INCARNATION, MemberRun.UNKNOWN))).isNull();
    }

    @Test
    void whoWasLetInBeforeItWasKnownIsDisconnectedOnce() {
        var disconnected = new ArrayList<Long>();
        identities.disconnectBy(disconnected::add);
        assertThat(refusal(1, 1, 0, 0)).isNull();
        acknowledge(1, 1);
        assertThat(disconnected).isEmpty();
        known(INCARNATION + 1, 1, 1, false);
        for (int i = 0; i < 2; i++) {
            assertThat(identities.accept(2, message(MessageType.MSG_APP_RESP, 1, 1, false)))
                    .isFalse();
        }
        assertThat(disconnected).containsExactly(2L);
        assertThat(refusal(1, 1, 0, 0)).contains("another data directory");
    }

    @Test
    void anotherDirectoryIsRefusedUntilTheMemberWasRemoved() {
        known(INCARNATION + 1, 1, 1, false);
        assertThat(refusal(1, 1, 0, 0))
                .contains("another data directory")
                .contains("Bring the old directory back")
                .doesNotContain("not empty");
        assertThat(refusal(1, 1, 2, 57)).contains("not empty: it began with the log up to index 57");
        known(INCARNATION + 1, 1, 1, true);
        assertThat(refusal(1, 1, 0, 0)).isNull();
    }

    @Test
    void whoWasAcceptedBeforeItWasKnownBetterDoesNotCountAfterwards() {
        assertThat(refusal(1, 1, 0, 0)).isNull();
        acknowledge(1, 1);
        known(INCARNATION + 1, 1, 1, false);
        assertThat(identities.accept(2, message(MessageType.MSG_VOTE_RESP, 1, 0, false)))
                .isFalse();
        assertThat(identities.accept(2, message(MessageType.MSG_HEARTBEAT, 1, 0, false)))
                .isTrue();
    }

    @Test
    void nothingCountsBeforeWhatWasCommittedIsApplied() {
        upToDate = false;
        assertThat(refusal(1, 1, 0, 0)).isNull();
        assertThat(identities.accept(2, message(MessageType.MSG_VOTE_RESP, 1, 0, false)))
                .isFalse();
        upToDate = true;
        assertThat(identities.accept(2, message(MessageType.MSG_VOTE_RESP, 1, 0, false)))
                .isTrue();
    }

    @Test
    void whatCountsForReadsAndQuorumsComesFromWhoIsKnownOnly() {
        for (MessageType type : List.of(MessageType.MSG_HEARTBEAT_RESP, MessageType.MSG_READ_INDEX_RESP)) {
            assertThat(identities.accept(2, message(type, 1, 0, false)))
                    .as(type + " of nobody that was introduced")
                    .isFalse();
            assertThat(refusal(1, 1, 0, 0)).isNull();
            assertThat(identities.accept(2, message(type, 1, 7, false))).isTrue();
            upToDate = false;
            assertThat(identities.accept(2, message(type, 1, 7, false))).isFalse();
            upToDate = true;
            known(INCARNATION + 1, 1, 1, false);
            assertThat(identities.accept(2, message(type, 1, 7, false)))
                    .as(type + " of another directory")
                    .isFalse();
            known(INCARNATION, 1, 1, false);
        }
        assertThat(refusal(2, 2, 0, 0)).as("nothing was promised").isNull();
    }

    @Test
    void introductionThatWasOnlyRepeatedSaysNothingAboutWhoSpeaks() {
        assertThat(refusal(11, 1, 3, 10)).isNull();
        acknowledge(3, 20);
        assertThat(identities.objection(remote(INCARNATION, new MemberRun(12, 2, 3, 20))))
                .isNull();
        acknowledge(3, 30);
        assertThat(refusal(11, 1, 3, 10)).as("it is still the run of before").isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = MessageType.class,
            names = {
                "MSG_HUP",
                "MSG_BEAT",
                "MSG_PROP",
                "MSG_UNREACHABLE",
                "MSG_SNAP_STATUS",
                "MSG_CHECK_QUORUM",
                "MSG_FORGET_LEADER",
                "MSG_STORAGE_APPEND",
                "MSG_STORAGE_APPEND_RESP",
                "MSG_STORAGE_APPLY",
                "MSG_STORAGE_APPLY_RESP"
            })
    void whatNoMemberSendsIsNotListenedTo(MessageType type) {
        assertThat(refusal(1, 1, 0, 0)).isNull();
        assertThat(identities.accept(2, message(type, 1, 0, false))).isFalse();
    }

    @Test
    void leadershipIsMovedToMembersOnly() {
        assertThat(refusal(1, 1, 0, 0)).isNull();
        var transfer = Message.newBuilder()
                .setType(MessageType.MSG_TRANSFER_LEADER)
                .setFrom(3)
                .build();
        assertThat(identities.accept(2, transfer)).isFalse();
        members = members.with(
                MemberRecord.newBuilder().setId(3).setIncarnation(9).build());
        assertThat(identities.accept(2, transfer)).isTrue();
        assertThat(identities.accept(4, transfer))
                .as("passed on by nobody known")
                .isFalse();
    }

    @Test
    void idsThatAnybodyCanMakeUpFillNoMemory() {
        known(INCARNATION, 1, 11, false);
        assertThat(refusal(11, 1, 3, 10)).isNull();
        for (long id = 3; id < 10_000; id++) {
            identities.introduced(new RemoteMember(1, "default", id, 9, "b:2", MemberRun.UNKNOWN));
        }
        assertThat(identities.introducedCount()).isLessThan(2000);
        acknowledge(3, 20);
        assertThat(refusal(12, 2, 3, 15))
                .as("what a member has acknowledged is remembered")
                .isNotNull();
    }
}
