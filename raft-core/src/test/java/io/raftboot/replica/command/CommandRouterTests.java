package io.raftboot.replica.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.trace.CommandTracer;
import io.raftboot.raft.ProposalDroppedException;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.SoftState;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.LedgerMachine;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.config.SessionPolicy;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.leader.AgreedTime;
import io.raftboot.replica.leader.LeaderWays;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.OpenSession;
import io.raftboot.replica.proto.Refusal;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.SubmitResponse;
import io.raftboot.replica.proto.SubmitResult;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command is called refused only when no copy of it is under way. Stepped by hand, on a network that answers when told. */
class CommandRouterTests {
    private static final long LATER_NANOS = Duration.ofMinutes(2).toNanos();

    private final FakeClock clock = new FakeClock(0);
    private final Leadership leadership =
            new Leadership(1, new AgreedTime(clock), new ReplicaEvents(ThreadedHost.SYSTEM, "events"));
    private final PendingCommands pending = new PendingCommands(10, 0);
    private final List<Request> requests = new ArrayList<>();
    private final List<CompletableFuture<ByteString>> answers = new ArrayList<>();
    private final Links links = TestLinks.of(clock, 1000);
    private final CommandForwarding forwarding = new CommandForwarding(
            transport(), leadership, links.applied(), links.tasks(), Duration.ofSeconds(2), notice -> {});
    private final CommandRouter router = new CommandRouter(
            new io.raftboot.raft.Node(aloneNode(), () -> {}),
            leadership,
            pending,
            links.applied(),
            new CommandAdmission(
                    "default",
                    1,
                    MachineSlot.byName(Map.of("m", new LedgerMachine())),
                    ConfState::getDefaultInstance,
                    () -> new Members(new TreeMap<>()),
                    () -> null,
                    () -> null),
            forwarding,
            new AppendTraces(CommandTracer.NONE));

    @ParameterizedTest
    @ValueSource(strings = {"notSent", "refused", "timedOut"})
    void lateWordOfAnAttemptThatWasTakenBackMakesNoSecondCopy(String word) throws Exception {
        var command = command();
        route(2, 3);
        router.sweep(
                clock.nanoTime(), 4, 0); // An entry of term 4 is applied: what was to be appended in term 3 never is.
        leaderIs(0, 4);
        router.route();
        switch (word) {
            case "notSent" -> answers.get(0).completeExceptionally(TransportException.notSent("waited in vain"));
            case "refused" -> answers.get(0).complete(response(Refusal.REFUSAL_NOT_LEADER));
            default -> answers.get(0).completeExceptionally(new TimeoutException());
        }
        router.retryResting();
        route(3, 5);

        assertThat(requests.get(1).getSubmit().getCommandsCount()).isEqualTo(1);
        answers.get(1).complete(appended(5, 100));
        router.sweep(LATER_NANOS, 5, 0);
        assertThat(command.future().get()).isInstanceOf(Outcome.Unknown.class);
    }

    @Test
    void lateRefusalOfAnEarlierAttemptDoesNotRefuseThePresentOne() throws Exception {
        var command = command();
        route(2, 3);
        answers.get(0).completeExceptionally(new TimeoutException()); // Perhaps appended; it may be repeated.
        router.retryResting();
        route(3, 5);
        assertThat(requests).hasSize(2);
        answers.get(1).complete(response(Refusal.REFUSAL_OVERLOADED));
        assertThat(command.future().get())
                .as("the first copy may be in the log")
                .isInstanceOf(Outcome.Unknown.class);
    }

    /** Else the first commands of a member wait for a request that was lost until their time is up. */
    @Test
    void sessionWhoseOpeningMayBeLostIsOpenedAnew() {
        var opening = command(envelope().setOpenSession(OpenSession.newBuilder().setTimeoutMillis(1000)));
        route(2, 3);
        answers.get(0).completeExceptionally(new TimeoutException());
        router.retryResting();
        route(2, 3);
        assertThat(requests).hasSize(2);
        answers.get(1).complete(appended(3, 7));
        assertThat(requests.get(1).getSubmit().getCommands(0))
                .as("the same, so that whoever sees it applied knows it")
                .isEqualTo(requests.get(0).getSubmit().getCommands(0));
        assertThat(opening.isDone()).as("until it is applied").isFalse();
    }

    /** Nothing tells that it was applied already. */
    @Test
    void commandWithoutASessionAndWithoutAKeyIsSentOnce() {
        command(envelope());
        route(2, 3);
        answers.get(0).completeExceptionally(new TimeoutException());
        router.retryResting();
        route(2, 3);
        assertThat(requests).hasSize(1);
    }

    @Test
    void commandInTheMailboxOfTheCoreIsNotTakenBackWhateverIsApplied() {
        var command = command();
        command.propose(0);
        assertThat(command.outlived(Long.MAX_VALUE)).isFalse();
        assertThat(command.maybeAppended()).isTrue();
        command.appended(7, 20);
        assertThat(command.outlived(7)).isFalse();
        assertThat(command.outlived(8)).isTrue();
        assertThat(command.passedBy(19)).isFalse();
        assertThat(command.passedBy(20)).isTrue();
    }

    @Test
    void commandThatTheCoreDroppedIsCertainlyNotAppended() throws Exception {
        var command = command();
        command.propose(0);
        command.dropped(new ProposalDroppedException(ProposalDroppedException.Reason.NO_LEADER));
        assertThat(command.maybeAppended()).isFalse();
        router.sweep(LATER_NANOS, 0, 0);
        assertThat(command.future().get()).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void commandKnownToBeAppendedWhereASnapshotPassedIsRepeatedAtOnce() {
        command();
        route(2, 3);
        answers.get(0).complete(appended(3, 50));
        router.sweep(clock.nanoTime(), 3, 60);
        router.retryResting();
        route(2, 3);
        assertThat(requests).as("the same term: it is not outlived").hasSize(2);
    }

    @Test
    void commandThatMayBeAppendedIsNotRefusedWhenTheMemberStops() throws Exception {
        var handedOver = command();
        handedOver.handOver(3, 0);
        var here = command();
        handedOver.end("stopped");
        here.end("stopped");
        assertThat(handedOver.future().get()).isInstanceOf(Outcome.Unknown.class);
        assertThat(here.future().get()).isEqualTo(new Outcome.Refused(RefusalReason.NOT_RUNNING, "stopped"));
    }

    @Test
    void requestsToAFormerLeaderSayNothingOfThePresentOne() {
        var ways = new LeaderWays(links, transport(), leadership, answeredRounds(), () -> true);
        forwarding.reportTo(ways);
        for (int i = 0; i < 5; i++) {
            command();
            route(2, 3);
        }
        var late = List.copyOf(answers);
        assertThat(late).hasSize(5);
        leaderIs(3, 4);
        ways.leaderChanged();
        for (var answer : late) {
            answers.get(answers.size() - 1).complete(ByteString.EMPTY);
            answer.completeExceptionally(new TimeoutException());
            clock.advanceMillis(1000);
            ways.tick();
            assertThat(ways.trouble()).isNull();
        }
    }

    private LeaderWays.Rounds answeredRounds() {
        return new LeaderWays.Rounds() {
            @Override
            public void ask() {}

            @Override
            public Long answeredNanos() {
                return clock.nanoTime();
            }
        };
    }

    /** The opening of the session has the time that is configured, and a call may have less. */
    @Test
    void commandWhoseTimeIsUpIsNotHeldForItsSessionToBeOpened() {
        var session = new CommandSession("m", SessionPolicy.defaults(), clock, opening -> {});
        var envelope = Envelope.newBuilder().setMachine("m").setAskedCounter(pending.nextCounter());
        var command = new LocalCommand(
                envelope, clock.nanoTime() + 1, pending, session, (dropped, reason) -> router().dropped(
                                dropped, reason));
        pending.add(command);
        router.add(command);
        route(2, 3);
        assertThat(session.keptCount()).isEqualTo(1);
        router.sweep(LATER_NANOS, 0, 0);
        assertThat(pending.isEmpty()).as("its room is free").isTrue();
        assertThat(session.keptCount()).isZero();
    }

    private LocalCommand command() {
        var command = pendingCommand();
        router.add(command);
        return command;
    }

    private LocalCommand command(Envelope.Builder envelope) {
        var command = pendingCommand(envelope);
        router.add(command);
        return command;
    }

    private Envelope.Builder envelope() {
        return Envelope.newBuilder().setMachine("m").setAskedMember(1).setAskedCounter(pending.nextCounter());
    }

    private LocalCommand pendingCommand() {
        return pendingCommand(
                envelope().setIdempotencyKey(IdempotencyKey.newBuilder().setKey(ByteString.copyFromUtf8("k"))));
    }

    private LocalCommand pendingCommand(Envelope.Builder envelope) {
        pending.reserve();
        var command = new LocalCommand(
                envelope, clock.nanoTime() + Duration.ofMinutes(1).toNanos(), pending, null, (c, r) -> router().dropped(
                                c, r));
        pending.add(command);
        return command;
    }

    private CommandRouter router() {
        return router;
    }

    private void route(long leader, long term) {
        leaderIs(leader, term);
        router.route();
    }

    private void leaderIs(long leader, long term) {
        leadership.update(new SoftState(leader, RaftRole.FOLLOWER), term);
    }

    private static ByteString appended(long term, long index) {
        return response(SubmitResult.newBuilder().setTerm(term).setIndex(index));
    }

    private static ByteString response(Refusal refusal) {
        return response(SubmitResult.newBuilder().setRefusal(refusal));
    }

    private static ByteString response(SubmitResult.Builder result) {
        return Response.newBuilder()
                .setSubmit(SubmitResponse.newBuilder().addResults(result))
                .build()
                .toByteString();
    }

    private static io.raftboot.raft.RawNode aloneNode() {
        return new io.raftboot.raft.RawNode(io.raftboot.raft.RaftConfig.builder()
                .id(1)
                .storage(new io.raftboot.raft.MemoryStorage())
                .random(new java.util.SplittableRandom(1))
                .build());
    }

    private Transport transport() {
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("request")) {
                        return null;
                    }
                    requests.add(Request.parseFrom((ByteString) arguments[1]));
                    var answer = new CompletableFuture<ByteString>();
                    answers.add(answer);
                    return answer;
                });
    }

    @Test
    void commandThatWasGivenUpTakesRoomUntilTheStageHasComeToIt() {
        var command = command();
        command.giveUp("");
        assertThat(command.isDone()).isTrue();
        assertThat(pending.isEmpty()).as("the stage's queue still holds it").isFalse();
        router.sweep(LATER_NANOS, 0, 0);
        assertThat(pending.isEmpty()).isTrue();
        assertThat(command.future())
                .isCompletedWithValueMatching(outcome ->
                        outcome instanceof Outcome.Refused refused && refused.reason() == RefusalReason.TIMED_OUT);
    }

    /** A core that has been stopped tells so on any thread, while the stage may be at work. */
    @Test
    void commandThatAStoppedCoreDroppedTouchesNothingOfTheStage() {
        var command = pendingCommand();
        command.propose(0);
        var core = new io.raftboot.raft.Node(aloneNode(), () -> {});
        core.propose(ByteString.EMPTY, command);
        core.stop();
        router.retryResting();
        route(2, 3);
        assertThat(requests).as("of what a stopped core dropped").isEmpty();
        command.end("stopped");
        assertThat(command.future()).isCompletedWithValue(new Outcome.Refused(RefusalReason.NOT_RUNNING, "stopped"));
    }
}
