package io.raftboot.replica.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.SoftState;
import io.raftboot.replica.SteppedStages;
import io.raftboot.replica.config.NoLeader;
import io.raftboot.replica.leader.LeaderAbsence;
import io.raftboot.replica.machine.Envelopes;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.Refusal;
import io.raftboot.replica.proto.Request.RequestCase;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.SubmitRequest;
import io.raftboot.replica.proto.SubmitResponse;
import io.raftboot.replica.proto.SubmitResult;
import io.raftboot.transport.TransportException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where the router brings the commands of member 1, and when it gives them an end; stepped by hand. */
class CommandRoutesTests {
    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    private final SteppedStages stages = new SteppedStages(3);
    private final CommandRouter router = stages.router;

    CommandRoutesTests() throws Exception {}

    @AfterEach
    void close() throws Exception {
        stages.close();
    }

    private LocalCommand command(boolean repeatable) {
        var envelope = Envelope.newBuilder()
                .setFormatVersion(Envelopes.FORMAT_VERSION)
                .setGroup("default")
                .setMachine(SteppedStages.MACHINE)
                .setAskedMember(1)
                .setAskedCounter(stages.pending.nextCounter());
        if (repeatable) {
            envelope.setIdempotencyKey(IdempotencyKey.newBuilder().setKey(ByteString.copyFromUtf8("k")));
        }
        var command = new LocalCommand(
                envelope, stages.clock.nanoTime() + MINUTE_NANOS, stages.pending, null, router::dropped);
        stages.pending.addOwn(command);
        router.add(command);
        return command;
    }

    private void leaderIs(long id, long term) {
        stages.leadership.update(new SoftState(id, id == 1 ? RaftRole.LEADER : RaftRole.FOLLOWER), term);
    }

    private int requests() {
        return stages.transport.asked(RequestCase.SUBMIT).size();
    }

    private void fail(int request, Throwable cause) {
        stages.transport.asked(RequestCase.SUBMIT).get(request).answer().completeExceptionally(cause);
        for (var task = stages.links.tasks().poll();
                task != null;
                task = stages.links.tasks().poll()) {
            task.run();
        }
    }

    private static void assertRefused(LocalCommand command, RefusalReason reason, String message) {
        assertThat(command.future()).isCompletedWithValue(new Outcome.Refused(reason, message));
    }

    @Test
    void commandWaitsUntilALeaderIsKnown() {
        command(false);
        router.route();
        router.route();
        assertThat(requests()).isZero();
        leaderIs(2, 3);
        router.route();
        assertThat(requests()).isEqualTo(1);
        router.route();
        assertThat(requests()).as("it is under way").isEqualTo(1);
    }

    @Test
    void commandWaitsUntilThisMemberIsReadyToLead() {
        var command = command(false);
        leaderIs(1, 3);
        router.route();
        assertThat(command.maybeAppended()).isFalse();
        assertThat(stages.leadership.becomeReady(3, () -> 50)).isTrue();
        router.route();
        assertThat(command.maybeAppended()).isTrue();
        assertThat(command.outlived(100)).as("in the mailbox of the core").isFalse();
        assertThat(requests()).isZero();
    }

    @Test
    void commandThatTheCoreDoesNotTakeRestsUntilTheNextTick() {
        var command = command(false);
        leaderIs(1, 3);
        stages.leadership.becomeReady(3, () -> 50);
        router.route();
        // The core knows of no leader, and so takes nothing.
        assertThat(stages.node.poll()).isNull();
        assertThat(command.maybeAppended()).isFalse();
        router.route();
        assertThat(command.maybeAppended()).as("it rests").isFalse();
        router.retryResting();
        router.route();
        assertThat(command.maybeAppended()).isTrue();
    }

    @Test
    void leaderRefusesWhatCannotBeAppendedBeforeItIsProposed() {
        var command = command(false);
        command.envelope().setMachine("gone");
        leaderIs(1, 3);
        stages.leadership.becomeReady(3, () -> 50);
        router.route();
        assertThat(command.maybeAppended()).isFalse();
        assertThat(command.future())
                .isCompletedWithValueMatching(outcome -> outcome instanceof Outcome.Refused refused
                        && refused.reason() == RefusalReason.NOT_KNOWN_BY_ALL
                        && refused.message().startsWith("the members [1] do not have the state machine 'gone'"));
    }

    @Test
    void commandOfAnotherMemberIsRefusedByOneThatDoesNotLeadAndNeverForwarded() throws Exception {
        leaderIs(2, 3);
        var response = new CompletableFuture<ByteString>();
        var batch = new RemoteBatch(
                SubmitRequest.newBuilder()
                        .setTerm(3)
                        .addCommands(Envelope.getDefaultInstance())
                        .build(),
                1000,
                response);
        batch.commands().forEach(router::add);
        router.route();
        assertThat(requests()).isZero();
        assertThat(Response.parseFrom(response.join()).getSubmit().getResultsList())
                .extracting(SubmitResult::getRefusal)
                .containsExactly(Refusal.REFUSAL_NOT_LEADER);
    }

    @Test
    void commandThatHasEndedIsNotSent() {
        command(true).giveUp("");
        leaderIs(2, 3);
        router.route();
        assertThat(requests()).isZero();
    }

    @Test
    void whereNoLeaderIsToBeExpectedOnlyWhatMayBeAppendedWaits() {
        stages.leadership.noteAbsence(
                new LeaderAbsence(NoLeader.REFUSE, stages.clock, SteppedStages.ELECTION_TIMEOUT.toNanos()));
        stages.leadership.explainBy(() -> " The others can't be reached.");
        var uncertain = command(true);
        leaderIs(2, 3);
        router.route();
        fail(0, new TimeoutException());
        leaderIs(0, 3);
        stages.clock.advanceMillis(2999);
        router.retryResting();
        var patient = command(true);
        router.route();
        assertThat(patient.isDone()).isFalse();
        stages.clock.advanceMillis(1);
        router.route();
        assertRefused(
                patient,
                RefusalReason.NO_LEADER,
                "no leader has been known for 3000 ms, so it was not waited for; are enough members up?"
                        + " The others can't be reached.");
        assertThat(uncertain.isDone()).isFalse();
        leaderIs(2, 4);
        router.route();
        assertThat(requests()).isEqualTo(2);
    }

    @Test
    void commandWhoseTimeIsUpIsToldWhatItWaitedFor() {
        stages.leadership.explainBy(() -> " The others can't be reached.");
        var leaderless = command(false);
        router.sweep(stages.clock.nanoTime() + MINUTE_NANOS - 1, 0, 0);
        assertThat(leaderless.isDone()).isFalse();
        router.sweep(stages.clock.nanoTime() + MINUTE_NANOS, 0, 0);
        assertRefused(
                leaderless,
                RefusalReason.NO_LEADER,
                "no leader was known in time; are enough members up? The others can't be reached.");

        var notTaken = command(false);
        leaderIs(2, 3);
        router.route();
        fail(0, TransportException.notSent("no connection"));
        router.sweep(stages.clock.nanoTime() + MINUTE_NANOS, 0, 0);
        assertRefused(notTaken, RefusalReason.TIMED_OUT, "the leader, node 2, did not take it in time");

        var sent = command(false);
        router.route();
        router.sweep(stages.clock.nanoTime() + MINUTE_NANOS, 0, 0);
        assertThat(sent.future())
                .isCompletedWithValue(
                        new Outcome.Unknown("not seen applied in time; it may have been, or may still be"));
        assertThat(stages.pending.isEmpty()).isTrue();
    }

    @Test
    void commandThatAnEntryOfALaterTermHasPassedIsSentAgain() {
        var command = command(false);
        leaderIs(2, 3);
        router.route();
        router.sweep(stages.clock.nanoTime(), 3, 0);
        router.route();
        assertThat(requests()).as("its own term may bring it yet").isEqualTo(1);
        router.sweep(stages.clock.nanoTime(), 4, 0);
        assertThat(command.maybeAppended()).isFalse();
        leaderIs(3, 4);
        router.route();
        assertThat(requests()).isEqualTo(2);
    }

    @Test
    void commandThatMayHaveComeBySnapshotIsSentAgainOnlyIfItIsAppliedOnce() {
        var once = command(true);
        var often = command(false);
        leaderIs(2, 3);
        router.route();
        // A snapshot at index 20 has replaced the state, with entries up to term 4 in it.
        router.sweep(stages.clock.nanoTime(), 4, 20);
        assertThat(often.future())
                .isCompletedWithValue(new Outcome.Unknown("the entry may have come in by a snapshot"));
        assertThat(once.isDone()).isFalse();
        assertThat(once.maybeAppended()).isTrue();
        router.retryResting();
        leaderIs(3, 4);
        router.route();
        assertThat(requests()).isEqualTo(2);
        assertThat(stages.transport
                        .asked(RequestCase.SUBMIT)
                        .get(1)
                        .request()
                        .getSubmit()
                        .getCommandsList())
                .extracting(Envelope::getAskedCounter)
                .containsExactly(once.counter());
    }

    @Test
    void endAnswersWhatWaitsHereWhatRestsAndWhatIsAway() throws Exception {
        leaderIs(2, 3);
        var away = command(false);
        router.route();
        var rests = command(false);
        router.route();
        stages.transport
                .asked(RequestCase.SUBMIT)
                .get(1)
                .answer()
                .complete(Response.newBuilder()
                        .setSubmit(SubmitResponse.newBuilder()
                                .addResults(SubmitResult.newBuilder().setRefusal(Refusal.REFUSAL_TRANSFERRING)))
                        .build()
                        .toByteString());
        for (var task = stages.links.tasks().poll();
                task != null;
                task = stages.links.tasks().poll()) {
            task.run();
        }
        leaderIs(0, 3);
        var waits = command(false);
        var response = new CompletableFuture<ByteString>();
        new RemoteBatch(
                        SubmitRequest.newBuilder()
                                .addCommands(Envelope.getDefaultInstance())
                                .build(),
                        1000,
                        response)
                .commands()
                .forEach(router::add);
        router.end("the member stops");
        assertThat(away.future()).isCompletedWithValue(new Outcome.Unknown("the member stops"));
        for (var command : List.of(rests, waits)) {
            assertRefused(command, RefusalReason.NOT_RUNNING, "the member stops");
        }
        assertThat(response).isDone();
        assertThat(stages.pending.isEmpty()).isTrue();
    }
}
