package io.raftboot.replica.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.ReadState;
import io.raftboot.replica.LedgerMachine;
import io.raftboot.replica.machine.MachineSlot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadRoundsTests {
    private static final long RETRY_NANOS = 100;

    private final List<ByteString> asked = new ArrayList<>();
    private final List<PendingRead> confirmed = new ArrayList<>();
    private final List<Long> indexes = new ArrayList<>();
    private final ReadRounds rounds = new ReadRounds(
            asked::add,
            (reads, index, startedNanos) -> {
                confirmed.addAll(reads);
                indexes.add(index);
            },
            RETRY_NANOS,
            7);

    @Test
    void readsThatWaitTogetherShareARound() {
        var first = add();
        var second = add();
        rounds.step(0);
        assertThat(asked).hasSize(1);
        answer(0, 12);
        assertThat(confirmed).containsExactly(first, second);
        assertThat(indexes).containsExactly(12L);
    }

    @Test
    void readThatComesDuringARoundJoinsTheNext() {
        var first = add();
        rounds.step(0);
        var second = add();
        rounds.step(1);
        assertThat(asked).hasSize(1);
        answer(0, 12);
        assertThat(confirmed).containsExactly(first);
        rounds.step(2);
        answer(1, 13);
        assertThat(confirmed).containsExactly(first, second);
        assertThat(asked.get(1)).isNotEqualTo(asked.get(0));
    }

    @Test
    void lostRoundIsAskedAgainWithANewContextAndItsLateAnswerCountsForNothing() {
        var read = add();
        rounds.step(0);
        rounds.step(RETRY_NANOS + 1);
        assertThat(asked).hasSize(2);
        answer(0, 5);
        assertThat(confirmed).isEmpty();
        answer(1, 12);
        assertThat(confirmed).containsExactly(read);
    }

    @Test
    void roundOfAFormerLeaderIsAskedAgainAtOnce() {
        var read = add();
        rounds.step(0);
        rounds.abandonRound();
        rounds.step(1);
        assertThat(asked).hasSize(2);
        answer(1, 3);
        assertThat(confirmed).containsExactly(read);
    }

    @Test
    void readWhoseTimeIsUpIsRefusedWhereverItIs() {
        var underWay = add();
        rounds.step(0);
        var waiting = add();
        rounds.refuseWhere(read -> true, read -> read.refuse(RefusalReason.TIMED_OUT, "late"));
        assertThat(underWay.future()).isCompletedWithValue(new ReadOutcome.Refused(RefusalReason.TIMED_OUT, "late"));
        assertThat(waiting.future()).isCompletedWithValue(new ReadOutcome.Refused(RefusalReason.TIMED_OUT, "late"));
    }

    private PendingRead add() {
        var slot = new MachineSlot(LedgerMachine.NAME, new LedgerMachine());
        var read = new PendingRead(slot, new byte[0], ReadOptions.LINEARIZABLE, Long.MAX_VALUE);
        rounds.add(read);
        return read;
    }

    private void answer(int round, long index) {
        rounds.answered(new ReadState(index, asked.get(round)));
    }
}
