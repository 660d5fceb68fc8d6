package io.raftboot.replica.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.agent.Clock;
import io.raftboot.agent.SteppedHost;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.SoftState;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.RecordingTransport;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.leader.AgreedTime;
import io.raftboot.replica.leader.LeaderWays;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.Refusal;
import io.raftboot.replica.proto.RemovalNotice;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.SubmitRequest;
import io.raftboot.replica.proto.SubmitResponse;
import io.raftboot.replica.proto.SubmitResult;
import io.raftboot.transport.TransportException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands on their way to node 2, which leads in term 3 and answers when the test says so. */
class CommandForwardingTests {
    private static final int BATCH_BYTES = 1024 * 1024;

    private final FakeClock clock = new FakeClock(0);
    private final Links links = TestLinks.of(clock, 1000);
    private final RecordingTransport transport = new RecordingTransport();
    private final Leadership leadership =
            new Leadership(1, new AgreedTime(clock), new ReplicaEvents(new SteppedHost(Clock.SYSTEM, 1), "events"));
    private final PendingCommands pending = new PendingCommands(10_000, 0);
    private final List<LocalCommand> resting = new ArrayList<>();
    private final List<RemovalNotice> removals = new ArrayList<>();
    private final CommandForwarding forwarding = new CommandForwarding(
            transport, leadership, links.applied(), links.tasks(), Duration.ofSeconds(2), removals::add);

    @BeforeEach
    void followNode2() {
        forwarding.restWith(resting::add);
        leadership.update(new SoftState(2, RaftRole.FOLLOWER), 3);
    }

    private LocalCommand command(int payloadBytes, boolean repeatable) {
        var envelope = Envelope.newBuilder()
                .setMachine("m")
                .setAskedCounter(pending.nextCounter())
                .setPayload(ByteString.copyFrom(new byte[payloadBytes]));
        if (repeatable) {
            envelope.setIdempotencyKey(IdempotencyKey.newBuilder().setKey(ByteString.copyFromUtf8("k")));
        }
        var command = new LocalCommand(envelope, Long.MAX_VALUE / 2, pending, null, (any, reason) -> {});
        pending.addOwn(command);
        return command;
    }

    private LocalCommand forwarded(boolean repeatable) {
        var command = command(10, repeatable);
        forwarding.forward(List.of(command));
        return command;
    }

    private List<SubmitRequest> requests() {
        return transport.asked.stream()
                .map(asked -> asked.request().getSubmit())
                .toList();
    }

    private void answer(int request, SubmitResult... results) {
        transport
                .asked
                .get(request)
                .answer()
                .complete(Response.newBuilder()
                        .setSubmit(SubmitResponse.newBuilder().addAllResults(List.of(results)))
                        .build()
                        .toByteString());
    }

    private void fail(int request, Throwable cause) {
        transport.asked.get(request).answer().completeExceptionally(cause);
    }

    private static SubmitResult refusal(Refusal refusal) {
        return SubmitResult.newBuilder()
                .setRefusal(refusal)
                .setMessage("the leader's words")
                .build();
    }

    @Test
    void manyCommandsGoInBatchesInTheirOrderAndForTheTermOfTheLeader() {
        forwarding.forward(
                IntStream.range(0, 1000).mapToObj(i -> command(0, true)).toList());
        assertThat(transport.asked).allSatisfy(asked -> assertThat(asked.to()).isEqualTo(2));
        assertThat(requests()).extracting(SubmitRequest::getTerm).containsExactly(3L, 3L);
        assertThat(requests()).extracting(SubmitRequest::getCommandsCount).containsExactly(512, 488);
        assertThat(requests().stream()
                        .flatMap(request -> request.getCommandsList().stream())
                        .map(Envelope::getAskedCounter))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 1000).boxed().toList());
    }

    @Test
    void largeCommandsMakeNoBatchThatIsLargerThanItsLimitByMoreThanOneOfThem() {
        int large = 400 * 1024;
        forwarding.forward(
                IntStream.range(0, 5).mapToObj(i -> command(large, true)).toList());
        assertThat(requests()).extracting(SubmitRequest::getCommandsCount).containsExactly(3, 2);
        forwarding.forward(List.of(command(3 * BATCH_BYTES, true), command(10, true)));
        assertThat(requests()).extracting(SubmitRequest::getCommandsCount).containsExactly(3, 2, 1, 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void memberThatWasRemovedLearnsItFromTheAnswerToCommandsAndNoneOfThemWasAppended(boolean repeatable) {
        var command = forwarded(repeatable);
        var notice =
                RemovalNotice.newBuilder().setIncarnation(5).setBy("operator").build();
        transport
                .asked
                .get(0)
                .answer()
                .complete(Response.newBuilder().setRemoved(notice).build().toByteString());
        assertThat(removals).containsExactly(notice);
        assertThat(resting).containsExactly(command);
        command.end("this member was removed");
        assertThat(command.future()).isCompletedWithValueMatching(Outcome.Refused.class::isInstance);
    }

    @Test
    void commandThatWasGivenUpIsNotSent() {
        var givenUp = command(0, true);
        givenUp.giveUp("");
        forwarding.forward(List.of(givenUp));
        assertThat(transport.asked).isEmpty();
        forwarding.forward(List.of(givenUp, command(0, true)));
        assertThat(requests()).extracting(SubmitRequest::getCommandsCount).containsExactly(1);
    }

    @Test
    void commandThatTheLeaderAppendedIsLeftUntilItIsSeenApplied() {
        var command = forwarded(false);
        answer(0, SubmitResult.newBuilder().setTerm(3).setIndex(20).build());
        assertThat(command.isDone()).isFalse();
        assertThat(resting).isEmpty();
        assertThat(command.passedBy(20)).isTrue();
        assertThat(command.passedBy(19)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = Refusal.class,
            names = {"REFUSAL_NOT_LEADER", "REFUSAL_TRANSFERRING"})
    void commandThatTheReceiverMayNotTakeNowIsTriedAgainLater(Refusal refusal) {
        var command = forwarded(false);
        answer(0, refusal(refusal));
        assertThat(resting).containsExactly(command);
        assertThat(command.maybeAppended()).isFalse();
        assertThat(command.isDone()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSAL_OVERLOADED, OVERLOADED, the leader has too much to do",
        "REFUSAL_NO_SPACE, NO_SPACE, the leader's words",
        "REFUSAL_TOO_LARGE, TOO_LARGE, the command is larger than the leader takes",
        "REFUSAL_NOT_KNOWN_BY_ALL, NOT_KNOWN_BY_ALL, the leader's words",
        "REFUSAL_INVALID, INVALID, the leader's words"
    })
    void refusalOfTheLeaderIsTheCallers(Refusal refusal, RefusalReason reason, String message) {
        var command = forwarded(false);
        answer(0, refusal(refusal));
        assertThat(command.future()).isCompletedWithValue(new Outcome.Refused(reason, message));
        assertThat(resting).isEmpty();
    }

    @Test
    void refusalOfANewerVersionIsOneToo() {
        var command = forwarded(false);
        answer(0, SubmitResult.newBuilder().setRefusalValue(99).build());
        assertThat(command.future())
                .isCompletedWithValue(new Outcome.Refused(
                        RefusalReason.INVALID, "the leader refused for a reason this member does not know"));
    }

    @Test
    void whatCertainlyWasNotSentIsTriedAgainLaterThoughItMayNotBeRepeated() {
        var command = forwarded(false);
        fail(0, TransportException.notSent("no connection"));
        assertThat(resting).containsExactly(command);
        assertThat(command.maybeAppended()).isFalse();
    }

    @Test
    void whatMayHaveArrivedIsSentAgainOnlyIfItIsAppliedOnce() {
        var once = forwarded(true);
        var often = forwarded(false);
        fail(0, new TimeoutException());
        fail(1, TransportException.maybeSent("the connection broke"));
        assertThat(resting).containsExactly(once);
        assertThat(once.maybeAppended()).isTrue();
        assertThat(often.isDone()).isFalse();
        assertThat(often.outlived(4))
                .as("nobody knows until an entry of a later term is applied")
                .isTrue();
    }

    @Test
    void commandsThatAnAnswerSaysNothingOfAreAsWithoutAnAnswer() {
        var first = command(0, true);
        var second = command(0, true);
        forwarding.forward(List.of(first, second));
        answer(0, refusal(Refusal.REFUSAL_INVALID));
        assertThat(first.future()).isCompletedWithValueMatching(Outcome.Refused.class::isInstance);
        assertThat(resting).containsExactly(second);
        assertThat(second.maybeAppended()).isTrue();

        var third = forwarded(true);
        transport.asked.get(1).answer().complete(ByteString.copyFromUtf8("no answer at all"));
        assertThat(resting).containsExactly(second, third);
        assertThat(third.maybeAppended()).isTrue();
    }

    @Test
    void requestsThatComeBackInVainAreKnownToWhoExplainsARefusal() {
        assertThat(forwarding.known()).isEmpty();
        var ways = new LeaderWays(links, transport, leadership, confirmedRounds(), () -> true);
        forwarding.reportTo(ways);
        for (int i = 0; i < 5; i++) {
            ways.tick();
            transport.asked.get(transport.asked.size() - 1).answer().complete(ByteString.EMPTY);
            var unused = forwarded(true);
            fail(transport.asked.size() - 1, new TimeoutException("gave up waiting"));
            clock.advanceMillis(1000);
        }
        assertThat(forwarding.known())
                .startsWith("; the leader, node 2, has left ")
                .endsWith("unanswered: gave up waiting");
        var unused = forwarded(true);
        answer(transport.asked.size() - 1, refusal(Refusal.REFUSAL_NOT_LEADER));
        assertThat(forwarding.known()).isEmpty();
    }

    private LeaderWays.Rounds confirmedRounds() {
        return new LeaderWays.Rounds() {
            @Override
            public void ask() {}

            @Override
            public Long answeredNanos() {
                return clock.nanoTime();
            }
        };
    }
}
