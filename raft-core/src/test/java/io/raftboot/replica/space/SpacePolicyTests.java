package io.raftboot.replica.space;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.event.EventType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.EventLines;
import io.raftboot.replica.RecordingTransport.Asked;
import io.raftboot.replica.SteppedStages;
import io.raftboot.replica.proto.Request.RequestCase;
import io.raftboot.replica.snapshot.DiskRoom;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Member 1 of three, stepped by hand, and what it hears of the disks of the others. */
class SpacePolicyTests {
    private static final long LOW_MARK = 1000;

    private final SteppedStages stages = new SteppedStages(3);
    private int shortened;
    private final SpacePolicy policy =
            new SpacePolicy(stages.links, stages.leadership, stages.handOver, stages.transport, () -> shortened++);

    SpacePolicyTests() throws Exception {}

    @AfterEach
    void close() throws Exception {
        stages.close();
    }

    private void lead() throws Exception {
        stages.raft.connected(2);
        stages.raft.connected(3);
        stages.lead();
        policy.leaderChanged();
    }

    private void seen(long usableBytes) throws Exception {
        policy.seen(new SpaceWatch.Report(usableBytes, usableBytes < LOW_MARK, LOW_MARK));
        stages.settle();
    }

    private void passes(long electionTimeouts, long lessMillis) {
        stages.clock.advanceMillis(SteppedStages.ELECTION_TIMEOUT.toMillis() * electionTimeouts - lessMillis);
    }

    private List<Message> ordersToTakeOver() {
        return stages.transport.sent(MessageType.MSG_TIMEOUT_NOW);
    }

    private List<Asked> reports() {
        return stages.transport.asked(RequestCase.SPACE);
    }

    @Test
    void leaderWithLittleRoomHandsOverToOneThatHasMore() throws Exception {
        lead();
        policy.told(2, true);
        seen(999);
        assertThat(ordersToTakeOver()).extracting(Message::getTo).containsExactly(3L);
        assertThat(policy.refusal()).as("two of three have little").isNotNull();
        assertThat(shortened).isEqualTo(1);
    }

    @Test
    void handOverAndShorteningAreTriedAgainOnlyAfterSoManyReports() throws Exception {
        lead();
        for (int i = 0; i < 10; i++) {
            seen(999);
        }
        assertThat(shortened).isEqualTo(1);
        assertThat(ordersToTakeOver()).hasSize(1);
        assertThat(policy.refusal()).as("another one is to take commands soon").isNull();
        // Nobody took over in time, so the first attempt is over.
        stages.clock.advanceMillis(SteppedStages.ELECTION_TIMEOUT.toMillis());
        stages.handOver.tick(stages.clock.nanoTime());
        stages.settle();
        seen(999);
        assertThat(shortened).isEqualTo(2);
        assertThat(ordersToTakeOver()).hasSize(2);
    }

    @Test
    void roomThatIsBackBeginsTheCountAnew() throws Exception {
        lead();
        seen(999);
        seen(1000);
        assertThat(shortened).isEqualTo(1);
        seen(999);
        assertThat(shortened).isEqualTo(2);
    }

    @Test
    void leaderThatNobodyCanTakeOverFromRefusesUntilItHasRoomAgain() throws Exception {
        stages.lead();
        policy.leaderChanged();
        seen(999);
        seen(998);
        assertThat(policy.refusal())
                .startsWith("the leader, node 1, has only 998 bytes left on its disk, less than 1000")
                .contains("no other member can lead in its place");
        seen(1000);
        assertThat(policy.refusal()).isNull();
    }

    @Test
    void leaderRefusesWhereNoMajorityHasRoom() throws Exception {
        lead();
        policy.told(2, true);
        assertThat(policy.refusal()).as("two of three have room").isNull();
        policy.told(3, true);
        assertThat(policy.refusal()).startsWith("the disks of the members [2, 3] are nearly full");
        policy.told(2, false);
        assertThat(policy.refusal()).isNull();
        seen(999);
        assertThat(policy.refusal()).startsWith("the disks of the members [1, 3] are nearly full");
    }

    @Test
    void leaderRefusesAtOnceWhereNobodyHasRoom() throws Exception {
        lead();
        policy.told(2, true);
        policy.told(3, true);
        seen(999);
        assertThat(policy.refusal()).contains("has only 999 bytes left", "no other member can lead");
        assertThat(ordersToTakeOver()).isEmpty();
    }

    @Test
    void followerRefusesNothingAndHandsNothingOver() throws Exception {
        stages.follow(2, 2);
        policy.leaderChanged();
        policy.told(2, true);
        policy.told(3, true);
        seen(1);
        assertThat(policy.refusal()).isNull();
        assertThat(ordersToTakeOver()).isEmpty();
        assertThat(shortened).as("its own log it shortens all the same").isEqualTo(1);
    }

    @Test
    void memberThatBecomesTheLeaderWithLittleRoomHandsOverAtOnce() throws Exception {
        seen(999);
        lead();
        stages.settle();
        assertThat(ordersToTakeOver()).hasSize(1);
    }

    @Test
    void whatAMemberSaidIsForgottenWhenItIsNotRepeated() throws Exception {
        lead();
        policy.told(2, true);
        policy.told(3, true);
        passes(5, 1);
        seen(5000);
        assertThat(policy.refusal()).isNotNull();
        stages.clock.advanceMillis(1);
        seen(5000);
        assertThat(policy.refusal()).isNull();
    }

    @Test
    void othersAreToldAsLongAsThereIsLittleRoomAndOnceMoreWhenThereIsEnough() throws Exception {
        stages.follow(2, 2);
        seen(5000);
        assertThat(reports()).isEmpty();
        seen(999);
        assertThat(reports()).extracting(Asked::to).containsExactlyInAnyOrder(2L, 3L);
        seen(999);
        assertThat(reports()).hasSize(4).allSatisfy(asked -> assertThat(
                        asked.request().getSpace().getLow())
                .isTrue());
        seen(5000);
        assertThat(reports()).hasSize(6);
        assertThat(reports().subList(4, 6))
                .allSatisfy(
                        asked -> assertThat(asked.request().getSpace().getLow()).isFalse());
        seen(5000);
        assertThat(reports()).hasSize(6);
    }

    @Test
    void memberThatConnectsIsToldIfThereIsLittleRoom() throws Exception {
        policy.connected(2);
        seen(5000);
        policy.connected(2);
        assertThat(reports()).isEmpty();
        seen(999);
        int before = reports().size();
        policy.connected(3);
        assertThat(reports()).hasSize(before + 1);
        assertThat(reports().get(before).to()).isEqualTo(3);
        assertThat(reports().get(before).request().getSpace().getLow()).isTrue();
    }

    @Test
    void roomIsScarceBelowTwiceTheLowMarkAndLittleBelowIt() throws Exception {
        assertThat(policy.room()).as("before the first look").isEqualTo(DiskRoom.ENOUGH);
        seen(2 * LOW_MARK);
        assertThat(policy.room()).isEqualTo(DiskRoom.ENOUGH);
        seen(2 * LOW_MARK - 1);
        assertThat(policy.room()).isEqualTo(DiskRoom.SCARCE);
        seen(LOW_MARK - 1);
        assertThat(policy.room()).isEqualTo(DiskRoom.LITTLE);
    }

    @Test
    void littleRoomRefusalsAndTheirEndAreEvents() throws Exception {
        lead();
        policy.told(2, true);
        seen(999);
        seen(998);
        policy.told(2, false);
        seen(1001);
        assertThat(EventLines.of(stages.happened, EventType.DISK))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("ERROR only 999 bytes are left on the disk of node 1, "),
                        line -> assertThat(line)
                                .startsWith(
                                        "ERROR commands are refused: the disks of the members [1, 2] are nearly full"),
                        line -> assertThat(line).isEqualTo("INFO commands are taken again: the disks have room"),
                        line -> assertThat(line).isEqualTo("INFO there is room on the disk of node 1 again"));
    }
}
