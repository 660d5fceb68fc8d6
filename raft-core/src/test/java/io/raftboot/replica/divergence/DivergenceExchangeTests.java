package io.raftboot.replica.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.Divergence;
import io.raftboot.api.Divergence.What;
import io.raftboot.api.event.EventType;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.EventLines;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.LogLines;
import io.raftboot.replica.RecordingTransport;
import io.raftboot.replica.RecordingTransport.Asked;
import io.raftboot.replica.StubMachine;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.config.DivergencePolicy;
import io.raftboot.replica.duty.EventLog;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.Machines;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.DivergenceAnswer;
import io.raftboot.replica.proto.DivergenceReport;
import io.raftboot.replica.proto.Request.RequestCase;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.ResultsAnswer;
import io.raftboot.replica.proto.ResultsQuestion;
import io.raftboot.transport.TransportException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What member 1 of three tells the others, and makes of what they tell. */
class DivergenceExchangeTests {
    private static final String NAME = "machine";
    private static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(1);

    private final FakeClock clock = new FakeClock(0);
    private final EventLog happened = new EventLog(clock);
    private final Links links = TestLinks.of(
            clock,
            ELECTION_TIMEOUT,
            7,
            new AppliedConfiguration(
                    0,
                    ConfState.newBuilder()
                            .addVoters(1)
                            .addVoters(2)
                            .addLearners(3)
                            .build()),
            happened);
    private final RecordingTransport transport = new RecordingTransport();
    private final Map<String, MachineSlot> slots = MachineSlot.byName(Map.of(NAME, new StubMachine()));
    private final ResultLog results = new ResultLog(10);
    private final List<Divergence> told = new ArrayList<>();
    private final DivergenceExchange exchange = exchange(DivergencePolicy.every(10));

    private DivergenceExchange exchange(DivergencePolicy policy) {
        var applied = new AppliedHashes(policy, new Machines(new SystemMachine(1), slots), task -> {}, point -> {});
        return new DivergenceExchange(
                links,
                policy,
                transport,
                slots.values(),
                applied,
                (behind, last, found) -> found.accept(results.slice(behind, last)),
                told::add);
    }

    private static HashPoint point(long index, long state, long results) {
        return new HashPoint(index, Map.of(NAME, new MachineHashes(state, Hash64.NONE, results)));
    }

    private void tick() {
        exchange.tick(clock.nanoTime());
    }

    private void tickAfter(long millis) {
        clock.advanceMillis(millis);
        tick();
    }

    /** What the member itself would say, which another of the same program says as well. */
    private DivergenceReport.Builder report(HashPoint... points) {
        exchange.hashed(point(1_000_000, 1, 1));
        tick();
        var own = transport.asked(RequestCase.DIVERGENCE).get(0).request().getDivergence();
        var report = own.toBuilder().clearPoints();
        List.of(points).forEach(point -> report.addPoints(point.toProto()));
        return report;
    }

    private Response told(long from, DivergenceReport.Builder report) throws InvalidProtocolBufferException {
        var response = new CompletableFuture<ByteString>();
        exchange.told(from, report.build(), response);
        return Response.parseFrom(response.join());
    }

    private static void answer(Asked asked, boolean compares) {
        asked.answer()
                .complete(Response.newBuilder()
                        .setDivergence(DivergenceAnswer.newBuilder().setCompares(compares))
                        .build()
                        .toByteString());
    }

    @Test
    void votersAndLearnersAreToldOnceWhatIsHashed() {
        exchange.hashed(point(10, 5, 6));
        tick();
        var asked = List.copyOf(transport.asked(RequestCase.DIVERGENCE));
        assertThat(asked).extracting(Asked::to).containsExactly(2L, 3L);
        assertThat(exchange.state().settled()).isFalse();
        tick();
        assertThat(transport.asked).hasSize(2);
        asked.forEach(one -> answer(one, true));
        tick();
        assertThat(transport.asked).hasSize(2);
        assertThat(exchange.state().settled()).isTrue();
        assertThat(exchange.state().hashedIndex()).isEqualTo(10);
    }

    /** An older member answers that it does not know the question. */
    @Test
    void memberThatDoesNotKnowOrDoesNotCompareIsAskedAgainEverLater() {
        exchange.hashed(point(10, 5, 6));
        tick();
        transport.asked.get(0).answer().completeExceptionally(TransportException.maybeSent("what is that?"));
        answer(transport.asked.get(1), false);
        assertThat(exchange.state().settled()).isTrue();
        tickAfter(999);
        assertThat(transport.asked).hasSize(2);
        tickAfter(1);
        assertThat(transport.asked).hasSize(4);
        transport.asked.get(2).answer().completeExceptionally(TransportException.maybeSent("what is that?"));
        tickAfter(1_999);
        assertThat(transport.asked).hasSize(4);
        exchange.connected(2);
        tick();
        assertThat(transport.asked).hasSize(5);
    }

    @Test
    void noMoreThanSoMuchIsToldAtOnceAndKept() {
        for (int i = 1; i <= 1000; i++) {
            exchange.hashed(point(10L * i, 5, 6));
        }
        tick();
        var report = transport.asked.get(0).request().getDivergence();
        assertThat(report.getPointsCount()).isEqualTo(64);
        assertThat(report.getPoints(0).getIndex()).isEqualTo(10L * (1000 - PeerHashes.MAX_POINTS + 1));
        answer(transport.asked.get(0), true);
        tick();
        assertThat(transport.asked.get(2).request().getDivergence().getPoints(0).getIndex())
                .isEqualTo(report.getPoints(63).getIndex() + 10);
    }

    @Test
    void differenceIsToldOnceWithAllThatIsKnown() throws Exception {
        try (var log = LogLines.of(Findings.class)) {
            told(2, report(point(10, 5, 6), point(20, 1, 6)));
            exchange.hashed(point(10, 5, 6));
            exchange.hashed(point(20, 9, 6));
            tick();
            // The third may be on its way.
            assertThat(told).isEmpty();
            told(3, report(point(20, 9, 6)));
            tick();
            tick();
            assertThat(told)
                    .containsExactly(new Divergence(
                            NAME,
                            What.STATE,
                            10,
                            20,
                            null,
                            Map.of(1L, "0000000000000009", 2L, "0000000000000001", 3L, "0000000000000009")));
            assertThat(exchange.found()).isEqualTo(told);
            assertThat(EventLines.of(happened, EventType.DIVERGENCE)).isEqualTo(log.lines());
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().get(0))
                    .startsWith(
                            "ERROR divergence of 'machine': the state of the state machine 'machine' is not the same");
            told(2, report(point(30, 1, 6)));
            exchange.hashed(point(30, 9, 6));
            tickAfter(5_000);
            assertThat(told).hasSize(1);
        }
    }

    @Test
    void differenceIsToldWithoutTheOthersThatDoNotCome() throws Exception {
        told(2, report(point(10, 1, 6)));
        exchange.hashed(point(10, 9, 6));
        tickAfter(2_000);
        assertThat(told).isEmpty();
        tickAfter(1);
        assertThat(told).hasSize(1);
        assertThat(told.get(0).hashes()).containsOnlyKeys(1L, 2L);
    }

    @Test
    void otherMemberIsAskedForTheResultsBetweenTwoComparisons() throws Exception {
        for (long index = 1; index <= 20; index++) {
            results.add(index, index, "command " + index);
        }
        told(2, report(point(10, 5, 6), point(20, 5, 1)));
        exchange.hashed(point(10, 5, 6));
        exchange.hashed(point(20, 5, 9));
        var question = transport.asked(RequestCase.RESULTS).get(0);
        assertThat(question.to()).isEqualTo(2);
        assertThat(question.request().getResults().getBehindIndex()).isEqualTo(10);
        assertThat(question.request().getResults().getLastIndex()).isEqualTo(20);
        var answer = ResultsAnswer.newBuilder().setFirstIndex(11);
        for (long index = 11; index <= 20; index++) {
            answer.addHashes(index < 15 ? index : 77);
        }
        question.answer()
                .complete(Response.newBuilder().setResults(answer).build().toByteString());
        told(3, report(point(20, 5, 9)));
        tick();
        assertThat(told).hasSize(1);
        assertThat(told.get(0).index()).isEqualTo(15);
        assertThat(told.get(0).command()).isEqualTo("command 15");
        assertThat(told.get(0).isExact()).isTrue();
    }

    @Test
    void questionForResultsIsAnswered() throws Exception {
        results.add(1, 11, null);
        results.add(2, 12, null);
        var response = new CompletableFuture<ByteString>();
        exchange.asked(
                ResultsQuestion.newBuilder()
                        .setBehindIndex(1)
                        .setLastIndex(Long.MAX_VALUE)
                        .build(),
                response);
        var answer = Response.parseFrom(response.join()).getResults();
        assertThat(answer.getFirstIndex()).isEqualTo(2);
        assertThat(answer.getHashesList()).containsExactly(12L);
    }

    @Test
    void whatCannotBeComparedIsNoDifference() throws Exception {
        exchange.hashed(point(10, 9, 9));
        var others = report(point(10, 1, 1));
        told(2, others.clone().setFormatVersion(99));
        told(2, others.clone().setProgram(99));
        told(2, others.clone().setEvery(99));
        told(2, report(point(10, Hash64.NONE, Hash64.NONE)));
        told(2, report(new HashPoint(10, Map.of("another", new MachineHashes(1, 1, 1)))));
        tickAfter(5_000);
        assertThat(told).isEmpty();
    }

    @Test
    void stateThatIsTheSameAgainIsFoundNoMoreButAResultIs() throws Exception {
        told(2, report(point(10, 1, 6)));
        exchange.hashed(point(10, 9, 6));
        tickAfter(2_001);
        assertThat(exchange.found()).hasSize(1);
        told(2, report(point(20, 4, 6)));
        exchange.hashed(point(20, 4, 6));
        assertThat(exchange.found()).isEmpty();
        told(2, report(point(30, 4, 1)));
        exchange.hashed(point(30, 4, 9));
        tickAfter(2_001);
        assertThat(exchange.found()).hasSize(1);
        told(2, report(point(40, 4, 6)));
        exchange.hashed(point(40, 4, 6));
        assertThat(exchange.found()).hasSize(1);
    }

    @Test
    void memberThatDoesNotCompareSaysSoAndTellsNothing() throws Exception {
        var others = report(point(10, 1, 1));
        var off = exchange(DivergencePolicy.off());
        var response = new CompletableFuture<ByteString>();
        off.told(2, others.build(), response);
        assertThat(Response.parseFrom(response.join()).getDivergence().getCompares())
                .isFalse();
        transport.asked.clear();
        off.tick(clock.nanoTime());
        assertThat(transport.asked).isEmpty();
        assertThat(off.state().settled()).isTrue();
    }

    /** What looks entries up has none where nothing is compared, and answers nobody. */
    @Test
    void questionToAMemberThatDoesNotCompareHasAnAnswer() throws InvalidProtocolBufferException {
        var policy = DivergencePolicy.off();
        var applied = new AppliedHashes(policy, new Machines(new SystemMachine(1), slots), task -> {}, point -> {});
        var off = new DivergenceExchange(links, policy, transport, slots.values(), applied, applied::lookUp, told::add);
        var response = new CompletableFuture<ByteString>();

        off.asked(ResultsQuestion.newBuilder().setLastIndex(10).build(), response);

        assertThat(response).isDone();
        assertThat(Response.parseFrom(response.join()).getResults().getHashesList())
                .isEmpty();
    }
}
