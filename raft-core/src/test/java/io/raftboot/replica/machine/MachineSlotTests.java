package io.raftboot.replica.machine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.api.DurableStateMachine.Position;
import io.raftboot.api.Outcome;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.replica.DurableMachine;
import io.raftboot.replica.DurableMachine.Database;
import io.raftboot.replica.LedgerMachine;
import io.raftboot.replica.proto.OpenSession;
import io.raftboot.storage.Ancestor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a slot knows of the state that its machine is in. */
class MachineSlotTests {
    private static final Outcome DONE = new Outcome.Applied(new byte[0], 1);
    private static final long OLD_CLUSTER = 10;
    private static final long NEW_CLUSTER = 11;

    private final MachineSlot slot = new MachineSlot(LedgerMachine.NAME, new LedgerMachine());

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, OutOfMemoryError.class, StackOverflowError.class})
    void nothingIsAppliedToAMachineThatWasLeftInTheMiddleOfACommand(Class<? extends Throwable> kind) {
        slot.update(1, () -> DONE);
        assertThatThrownBy(() -> slot.update(2, () -> {
                    throw sneaky(kind);
                }))
                .isInstanceOf(kind);

        assertThat(slot.isHalfChanged()).isTrue();
        assertThat(slot.unfinished()).isEqualTo("the command at index 2");
        assertThatThrownBy(() -> slot.update(3, () -> DONE)).hasMessageContaining("is to be restored before");
        assertThat(slot.appliedIndex()).isEqualTo(1);
    }

    @Test
    void restoreMendsWhatACommandLeft() throws IOException {
        assertThatThrownBy(() -> slot.update(2, () -> {
                    throw new IllegalStateException();
                }))
                .isInstanceOf(IllegalStateException.class);
        slot.replace(1, () -> slot.restore(new ByteArrayInputStream("a".getBytes(UTF_8)), 1));

        assertThat(slot.isHalfChanged()).isFalse();
        assertThat(slot.appliedIndex()).isEqualTo(1);
        slot.update(2, () -> DONE);
        assertThat(slot.appliedIndex()).isEqualTo(2);
    }

    @Test
    void restoreThatFailsInTheMiddleLeavesAHalfChangedMachine() {
        assertThatIOException()
                .isThrownBy(() -> slot.replace(7, () -> {
                    throw new IOException("the sessions can't be read");
                }));
        assertThat(slot.isHalfChanged()).isTrue();
        assertThat(slot.unfinished()).contains("snapshot at index 7");
    }

    @Test
    void machineThatKeepsItsStateIsWholeWhenItIsAskedAgain() throws IOException {
        var database = new Database();
        var durable = new MachineSlot(DurableMachine.NAME, new DurableMachine(database));
        durable.askMachine();
        assertThatThrownBy(() -> durable.update(5, () -> {
                    durable.sessions().open(open(), 5, 0);
                    throw new IllegalStateException("in the middle");
                }))
                .isInstanceOf(StateMachineFailureException.class);
        assertThat(durable.isHalfChanged()).isTrue();

        durable.askMachine();

        assertThat(durable.isHalfChanged()).isFalse();
        assertThat(durable.sessions().isEmpty()).isTrue();
        durable.update(5, () -> DONE);
        assertThat(database.sessionRows()).as("rows of the command that failed").isZero();
    }

    private static OpenSession open() {
        return OpenSession.newBuilder()
                .setTimeoutMillis(1000)
                .setMaxSessions(10)
                .build();
    }

    // --- a cluster that was begun anew ----------------------------------------------------------------------------

    private final Database database = new Database();
    private final MachineSlot durable = new MachineSlot(DurableMachine.NAME, new DurableMachine(database));

    private static Lineage recovered(long sharedIndex, long forkIndex) {
        return new Lineage(NEW_CLUSTER, List.of(new Ancestor(OLD_CLUSTER, sharedIndex, forkIndex)));
    }

    @Test
    void stateThatASnapshotHadBroughtAheadOfTheLogIsWhatTheNewClusterBeginsWith() throws IOException {
        database.moveTo(new Position(80, 50));
        assertThat(durable.askMachine(recovered(50, 52))).isEqualTo(52);
        assertThat(durable.appliedIndex()).isEqualTo(52);
        durable.update(53, () -> DONE);

        // The next start, and the one after another recovery.
        assertThat(durable.askMachine(recovered(50, 52))).isEqualTo(53);
        var again = new Lineage(12, List.of(new Ancestor(OLD_CLUSTER, 50, 52), new Ancestor(NEW_CLUSTER, 60, 61)));
        assertThat(durable.askMachine(again)).isEqualTo(53);
        assertThat(durable.appliedIndex()).isEqualTo(53);
    }

    @Test
    void stateOfWhatTheLogsShareStaysAsItIs() throws IOException {
        database.moveTo(new Position(40, 40));
        assertThat(durable.askMachine(recovered(50, 52))).isEqualTo(40);
        durable.update(60, () -> DONE);
        assertThat(durable.askMachine(recovered(50, 52))).isEqualTo(60);
    }

    @Test
    void stateOfEntriesThatTheNewClusterDoesNotHaveIsRefused() {
        database.moveTo(new Position(80, 80));
        assertThatIOException()
                .isThrownBy(() -> durable.askMachine(recovered(50, 52)))
                .withMessageContaining("as of index 80 of the cluster a")
                .withMessageContaining("up to index 50 only");
    }

    @Test
    void stateOfAClusterThatTheLogDoesNotGoOnFromIsRefused() throws IOException {
        durable.askMachine(recovered(1, 1));
        durable.update(5, () -> DONE);
        assertThatIOException()
                .isThrownBy(() -> durable.askMachine(new Lineage(99, List.of())))
                .withMessageContaining("is of the cluster b")
                .withMessageContaining("the log of the cluster 63");
    }

    @Test
    void sessionsOfEntriesThatAreOthersNowEnd() throws IOException {
        durable.askMachine();
        durable.update(40, () -> durable.sessions().open(open(), 40, 0));
        durable.update(75, () -> durable.sessions().open(open(), 75, 0));
        database.moveTo(new Position(80, 50));
        durable.askMachine(recovered(50, 52));
        assertThat(durable.sessions().sessionCount()).isEqualTo(1);
        durable.askMachine(recovered(50, 52));
        assertThat(durable.sessions().sessionCount()).isEqualTo(1);
    }

    private static RuntimeException sneaky(Class<? extends Throwable> kind) {
        try {
            Throwable thrown = kind.getDeclaredConstructor().newInstance();
            if (thrown instanceof Error error) {
                throw error;
            }
            return (RuntimeException) thrown;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no constructor without arguments", e);
        }
    }

    // --- a machine's own transactions -----------------------------------------------------------------------------

    /** As what tries a transaction again that the database gave up: the table of sessions is changed by the first time. */
    @Test
    void workThatAMachineWantsToDoAgainIsDoneOnceAndStopsTheMember() throws IOException {
        var twice = new MachineSlot(DurableMachine.NAME, new DurableMachine(database) {
            @Override
            public <T> T transact(Callable<T> work) throws Exception {
                var unused = work.call();
                return super.transact(work);
            }
        });
        twice.askMachine();
        var runs = new AtomicInteger();
        assertThatThrownBy(() -> twice.update(5, () -> {
                    runs.incrementAndGet();
                    return twice.sessions().open(open(), 5, 0);
                }))
                .isInstanceOf(StateMachineFailureException.class)
                .hasMessageContaining("may be done once only");
        assertThat(runs).hasValue(1);
        assertThat(database.position()).isEqualTo(Position.START);
        assertThat(twice.isHalfChanged()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void workThatAMachineLeavesOutOrWhoseFailureItHidesIsNotTakenForDone(boolean called) throws IOException {
        var hiding = new MachineSlot(DurableMachine.NAME, new DurableMachine(database) {
            @Override
            @SuppressWarnings("NullAway")
            public <T> T transact(Callable<T> work) {
                try {
                    return called ? work.call() : null;
                } catch (Exception e) {
                    return null;
                }
            }
        });
        hiding.askMachine();
        assertThatThrownBy(() -> hiding.update(5, () -> {
                    throw new IllegalStateException("in the middle");
                }))
                .isInstanceOf(StateMachineFailureException.class)
                .hasMessageContaining(called ? "must leave the method" : "was not done");
        assertThat(hiding.appliedIndex()).isZero();
    }
}
