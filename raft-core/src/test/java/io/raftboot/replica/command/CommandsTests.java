package io.raftboot.replica.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.SteppedStages;
import io.raftboot.replica.duty.Applied;
import io.raftboot.replica.machine.Envelopes;
import io.raftboot.replica.proto.Envelope;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The commands of member 1, from their callers to the log and back, stepped by hand. */
@Timeout(60)
class CommandsTests {
    private static final Duration LONG = Duration.ofMinutes(1);

    private SteppedStages stages = new SteppedStages(3);

    CommandsTests() throws Exception {}

    @AfterEach
    void close() throws Exception {
        stages.close();
    }

    private void beAlone() throws Exception {
        stages.close();
        stages = new SteppedStages(1);
        stages.lead();
    }

    private CompletableFuture<Outcome> submit(String command) {
        return stages.commands.submit(SteppedStages.MACHINE, command.getBytes(UTF_8), command, LONG);
    }

    private List<CompletableFuture<ByteString>> forwarded() {
        return stages.transport.asked(RequestCase.SUBMIT).stream()
                .map(asked -> asked.answer())
                .toList();
    }

    private CompletableFuture<ByteString> receive(long term, int... payloadBytes) {
        var request = SubmitRequest.newBuilder().setTerm(term);
        for (int bytes : payloadBytes) {
            request.addCommands(Envelope.newBuilder()
                    .setFormatVersion(Envelopes.FORMAT_VERSION)
                    .setGroup("default")
                    .setMachine(SteppedStages.MACHINE)
                    .setAskedMember(2)
                    .setPayload(ByteString.copyFrom(new byte[bytes])));
        }
        var response = new CompletableFuture<ByteString>();
        stages.commands.receive(new RemoteBatch(request.build(), 8 * 1024 * 1024, response));
        return response;
    }

    private static List<SubmitResult> results(CompletableFuture<ByteString> response) throws Exception {
        return Response.parseFrom(response.getNow(ByteString.EMPTY)).getSubmit().getResultsList();
    }

    @Test
    void commandsOfAnotherMemberAreAnsweredTogetherOnceTheyAreInTheLog() throws Exception {
        stages.lead();
        long term = stages.leadership.term();
        long before = stages.storage.reader().lastIndex();
        var response = receive(term, 10, 20);
        assertThat(response).as("before the stage's turn").isNotDone();
        stages.raft.doWork();
        assertThat(results(response)).extracting(SubmitResult::getIndex).containsExactly(before + 1, before + 2);
        assertThat(results(response))
                .allSatisfy(result -> assertThat(result.getTerm()).isEqualTo(term));
    }

    @Test
    void commandsForAnotherTermOrOfWhoDoesNotLeadAreRefused() throws Exception {
        var early = receive(5, 10);
        stages.settle();
        assertThat(results(early)).extracting(SubmitResult::getRefusal).containsExactly(Refusal.REFUSAL_NOT_LEADER);
        stages.lead();
        var late = receive(stages.leadership.term() - 1, 10);
        stages.settle();
        assertThat(results(late)).extracting(SubmitResult::getRefusal).containsExactly(Refusal.REFUSAL_NOT_LEADER);
    }

    @Test
    void moreBytesOfOthersThanMayBeHeldAreRefusedAtOnceUntilThereIsRoom() throws Exception {
        stages.lead();
        var held = receive(stages.leadership.term(), 900_000);
        var refused = receive(stages.leadership.term(), 300_000, 10);
        assertThat(results(refused))
                .extracting(SubmitResult::getRefusal)
                .containsExactly(Refusal.REFUSAL_OVERLOADED, Refusal.REFUSAL_OVERLOADED);
        stages.settle();
        assertThat(held).isDone();
        var next = receive(stages.leadership.term(), 300_000);
        stages.settle();
        assertThat(results(next)).extracting(SubmitResult::getRefusal).containsExactly(Refusal.REFUSAL_NONE);
    }

    @Test
    void commandWithoutAKeyWaitsForItsSessionAndIsAppliedOnceItIsOpen() throws Exception {
        beAlone();
        var first = stages.commands.submit(SteppedStages.MACHINE, "first".getBytes(UTF_8), null, LONG);
        var second = stages.commands.submit(SteppedStages.MACHINE, "second".getBytes(UTF_8), null, LONG);
        stages.raft.doWork();
        assertThat(stages.appliedCommands).isEmpty();
        stages.settle();
        assertThat(stages.appliedCommands).containsExactly("first", "second");
        assertThat(first).isCompletedWithValueMatching(Outcome.Applied.class::isInstance);
        assertThat(second).isCompletedWithValueMatching(Outcome.Applied.class::isInstance);
    }

    @Test
    void commandThatCameBackIsTriedAgainAtTheNextTickAndNotBefore() throws Exception {
        stages.follow(2, 2);
        var command = submit("command");
        stages.settle();
        assertThat(forwarded()).hasSize(1);
        forwarded().get(0).completeExceptionally(TransportException.notSent("no connection"));
        stages.settle();
        assertThat(forwarded()).hasSize(1);
        stages.tick();
        assertThat(forwarded()).hasSize(2);
        assertThat(command).isNotDone();
    }

    @Test
    void commandThatCameBackIsTriedAgainAsSoonAsAnotherMemberLeads() throws Exception {
        stages.follow(2, 2);
        var unused = submit("command");
        stages.settle();
        forwarded().get(0).completeExceptionally(TransportException.notSent("no connection"));
        stages.settle();
        stages.follow(3, 3);
        assertThat(stages.transport.asked(RequestCase.SUBMIT).get(1).to()).isEqualTo(3);
    }

    @Test
    void commandWhoseEntryASnapshotHasPassedIsSentAgainAtTheNextTick() throws Exception {
        stages.follow(2, 2);
        var command = submit("command");
        stages.settle();
        forwarded()
                .get(0)
                .complete(Response.newBuilder()
                        .setSubmit(SubmitResponse.newBuilder()
                                .addResults(SubmitResult.newBuilder().setTerm(2).setIndex(9)))
                        .build()
                        .toByteString());
        stages.tick();
        assertThat(forwarded()).hasSize(1);
        stages.links.applied().publish(new Applied(10, 2, 10, 0));
        stages.tick();
        // It has a key: it waits for one more tick, and is applied once.
        stages.tick();
        assertThat(forwarded()).hasSize(2);
        assertThat(command).isNotDone();
    }

    @Test
    void commandWhoseTimeIsUpIsRefusedByTheTick() throws Exception {
        var command =
                stages.commands.submit(SteppedStages.MACHINE, new byte[0], "key", SteppedStages.TICK.multipliedBy(2));
        stages.tick();
        assertThat(command).isNotDone();
        stages.tick();
        assertThat(command)
                .isCompletedWithValueMatching(outcome -> outcome instanceof Outcome.Refused refused
                        && refused.reason() == RefusalReason.NO_LEADER
                        && refused.message().startsWith("no leader was known in time"));
    }

    @Test
    void whatComesToAMemberThatTakesNoMoreIsRefusedAtOnce() {
        stages.commands.takeNoMore();
        assertThat(submit("late"))
                .isCompletedWithValue(new Outcome.Refused(RefusalReason.NOT_RUNNING, "the member has stopped"));
        assertThat(stages.pending.isEmpty()).isTrue();
    }

    @Test
    void endAnswersAlsoWhatTheStageHasNotTakenInYet() throws Exception {
        stages.settle();
        var taken = submit("taken in");
        stages.raft.doWork();
        var inTheInbox = submit("in the inbox");
        stages.commands.end("the member stops");
        var refused = new Outcome.Refused(RefusalReason.NOT_RUNNING, "the member stops");
        assertThat(taken).isCompletedWithValue(refused);
        assertThat(inTheInbox).isCompletedWithValue(refused);
        assertThat(stages.pending.isEmpty()).isTrue();
    }

    @Test
    void drainedIsTheLastCommandUnderWay() throws Exception {
        beAlone();
        assertThat(stages.commands.drained()).isCompleted();
        var command = submit("command");
        var drained = stages.commands.drained();
        assertThat(drained).as("nobody has stepped the stages").isNotDone();
        stages.settle();
        assertThat(drained).isCompleted();
        assertThat(command).isDone();
    }

    @Test
    void commandThatCannotBeDoneIsRefusedBeforeItTakesAnyRoom() {
        var unknown = stages.commands.submit("nothing", new byte[0], "key", LONG);
        assertThat(unknown)
                .isCompletedWithValue(new Outcome.Refused(
                        RefusalReason.UNKNOWN_MACHINE, "there is no state machine 'nothing'; there is [machine]"));
        var large = stages.commands.submit(
                SteppedStages.MACHINE, new byte[stages.config.maxCommandSizeBytes() + 1], "key", LONG);
        assertThat(large)
                .isCompletedWithValueMatching(outcome ->
                        outcome instanceof Outcome.Refused refused && refused.reason() == RefusalReason.TOO_LARGE);
        var repeatedTooLate = stages.commands.submit(SteppedStages.MACHINE, new byte[0], "key", Duration.ofDays(1000));
        assertThat(repeatedTooLate)
                .isCompletedWithValueMatching(outcome ->
                        outcome instanceof Outcome.Refused refused && refused.reason() == RefusalReason.INVALID);
        assertThat(stages.pending.isEmpty()).isTrue();
        assertThat(stages.timed).isEmpty();
    }
}
