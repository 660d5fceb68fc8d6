package io.raftboot.replica.divergence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.StubMachine;
import io.raftboot.replica.config.DivergencePolicy;
import io.raftboot.replica.machine.EntryCommand;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.Machines;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.Envelope;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class AppliedHashesTests {
    private static final String NAME = "machine";

    private final List<HashPoint> points = new ArrayList<>();
    private final Queue<Runnable> writing = new ArrayDeque<>();
    private int captured;

    private final StateMachine machine = new StubMachine() {
        @Override
        public SnapshotWriter snapshot() {
            captured++;
            return out -> out.write(captured);
        }
    };

    private AppliedHashes hashes(DivergencePolicy policy, StateMachine ofTheApplication) {
        var machines = new Machines(new SystemMachine(1), MachineSlot.byName(Map.of(NAME, ofTheApplication)));
        var hashes = new AppliedHashes(policy, machines, writing::add, points::add);
        hashes.begin();
        return hashes;
    }

    private static void apply(AppliedHashes hashes, long index, String result) {
        var envelope = Envelope.newBuilder()
                .setMachine(NAME)
                .setPayload(ByteString.copyFromUtf8("command"))
                .build();
        hashes.outcome(EntryCommand.of(envelope), new Outcome.Applied(result.getBytes(UTF_8), index));
        hashes.applied(Entry.newBuilder().setIndex(index).build());
    }

    private static MachineHashes of(HashPoint point) {
        return Objects.requireNonNull(point.machines().get(NAME));
    }

    private void write() {
        for (Runnable next = writing.poll(); next != null; next = writing.poll()) {
            next.run();
        }
    }

    @Test
    void stateIsCapturedAtOnceAndWrittenElsewhere() {
        var hashes = hashes(DivergencePolicy.every(2), machine);
        apply(hashes, 1, "a");
        assertThat(captured).isZero();
        apply(hashes, 2, "b");
        assertThat(captured).isEqualTo(1);
        assertThat(points).isEmpty();
        assertThat(hashes.isUnderWay()).isTrue();
        write();
        assertThat(hashes.isUnderWay()).isFalse();
        assertThat(points).hasSize(1);
        assertThat(points.get(0).index()).isEqualTo(2);
        assertThat(points.get(0).machines()).containsOnlyKeys(NAME, SystemMachine.NAME);
    }

    @Test
    void noMoreStatesAreHeldThanTheLimitWhileResultsGoOnBeingCompared() {
        var hashes = hashes(DivergencePolicy.every(1), machine);
        for (long index = 1; index <= AppliedHashes.MAX_UNDER_WAY + 5; index++) {
            apply(hashes, index, "a");
        }
        assertThat(captured).isEqualTo(AppliedHashes.MAX_UNDER_WAY);
        write();
        var last = of(points.get(points.size() - 1));
        assertThat(last.state()).isEqualTo(Hash64.NONE);
        assertThat(last.results()).isNotEqualTo(Hash64.NONE);
    }

    @Test
    void resultsOfEachIntervalAreHashedForThemselves() {
        var hashes = hashes(DivergencePolicy.every(2), machine);
        var others = hashes(DivergencePolicy.every(2), machine);
        apply(hashes, 1, "a");
        apply(others, 1, "another");
        for (long index = 2; index <= 4; index++) {
            apply(hashes, index, "b");
            apply(others, index, "b");
        }
        write();
        var results = points.stream().map(point -> of(point).results()).toList();
        assertThat(results.get(0)).isNotEqualTo(results.get(1));
        assertThat(results.get(2)).isEqualTo(results.get(3));
    }

    @Test
    void failureIsAResultWithItsClassAndMessage() {
        var hashes = hashes(DivergencePolicy.every(1), machine);
        var envelope = Envelope.newBuilder().setMachine(NAME).build();
        for (String message : List.of("one", "one", "other")) {
            hashes.outcome(
                    EntryCommand.of(envelope), new Outcome.Failed("E", message, 1, new IllegalStateException(message)));
            // Each as the entry at the same index of another member.
            hashes.applied(Entry.newBuilder().setIndex(1).build());
        }
        write();
        var results = points.stream().map(point -> of(point).results()).toList();
        assertThat(results.get(0)).isEqualTo(results.get(1)).isNotEqualTo(results.get(2));
    }

    @Test
    void stateThatCannotBeCapturedOrWrittenStopsNothing() {
        var fails = new StubMachine() {
            private int calls;

            @Override
            public SnapshotWriter snapshot() {
                if (++calls == 1) {
                    throw new IllegalStateException("not now");
                }
                return out -> {
                    throw new IOException("not here");
                };
            }
        };
        var hashes = hashes(DivergencePolicy.every(1), fails);
        apply(hashes, 1, "a");
        apply(hashes, 2, "a");
        write();
        assertThat(points).hasSize(2).allMatch(point -> of(point).state() == Hash64.NONE);
        assertThat(hashes.isUnderWay()).isFalse();
    }

    @Test
    void threadThatTakesNothingMoreStopsNothing() {
        var machines = new Machines(new SystemMachine(1), MachineSlot.byName(Map.of(NAME, machine)));
        var hashes = new AppliedHashes(
                DivergencePolicy.every(1),
                machines,
                task -> {
                    throw new RejectedExecutionException("full");
                },
                points::add);
        hashes.begin();
        apply(hashes, 1, "a");
        assertThat(hashes.isUnderWay()).isFalse();
    }

    @Test
    void whatIsBeingWrittenIsGivenUpWhenTheMemberEnds() {
        var hashes = hashes(DivergencePolicy.every(1), machine);
        apply(hashes, 1, "a");
        hashes.end();
        write();
        assertThat(points).isEmpty();
    }

    @Test
    void nothingIsDoneWhereStatesAreNotCompared() {
        var hashes = hashes(DivergencePolicy.off().restoringBy(1), machine);
        for (long index = 1; index <= 100; index++) {
            apply(hashes, index, "a");
        }
        hashes.lookUp(0, 100, slice -> {
            throw new AssertionError("nothing is known");
        });
        assertThat(captured).isZero();
        assertThat(writing).isEmpty();
    }
}
