package io.raftboot.replica.change;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.proto.CancelRequest;
import io.raftboot.replica.proto.MembershipAnswer;
import io.raftboot.replica.proto.MembershipRequest;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.TransferRequest;
import io.raftboot.transport.ForwardingTransport;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.memory.MemoryNetwork;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked of a leader that may have gone over it. */
class LeaderCallsTests {
    private static final MembershipRequest TRANSFER = MembershipRequest.newBuilder()
            .setTransfer(TransferRequest.newBuilder().setTarget(3))
            .build();
    private static final MembershipRequest CANCEL = MembershipRequest.newBuilder()
            .setCancel(CancelRequest.newBuilder().setChangeId(7))
            .build();

    private final MemoryNetwork network = new MemoryNetwork(1);
    private final Deque<TransportException> failures = new ArrayDeque<>();
    private final List<Long> asked = new ArrayList<>();
    private long leader = 2;

    private final LeaderCalls calls = new LeaderCalls(
            TestLinks.of(new FakeClock(0), 1_000).self(),
            new ForwardingTransport(network.join(1)) {
                @Override
                public CompletableFuture<ByteString> request(long to, ByteString payload, Duration timeout) {
                    asked.add(to);
                    var failure = failures.poll();
                    leader = 3;
                    return failure != null
                            ? CompletableFuture.failedFuture(failure)
                            : CompletableFuture.completedFuture(Response.newBuilder()
                                    .setMembership(MembershipAnswer.newBuilder().setLeads(true))
                                    .build()
                                    .toByteString());
                }
            },
            () -> leader,
            (task, delayMillis) -> task.run(),
            (request, respond) -> {
                throw new AssertionError("this member does not lead");
            });

    @AfterEach
    void close() {
        network.close();
    }

    private LeaderCalls.Result call(MembershipRequest request) {
        return calls.call(request, Duration.ofSeconds(5)).join();
    }

    /** It may have been done, and the next leader would do it a second time. */
    @Test
    void handOverThatMayHaveBeenHeardIsNotAskedOfTheNextLeader() {
        failures.add(TransportException.maybeSent("connection lost"));
        assertThat(call(TRANSFER)).isEqualTo(new LeaderCalls.Result(null, true));
        assertThat(asked).containsExactly(2L);
    }

    @Test
    void handOverThatWasCertainlyNotHeardIs() {
        failures.add(TransportException.notSent("no connection"));
        var result = call(TRANSFER);
        assertThat(result.answer()).isNotNull();
        assertThat(asked).containsExactly(2L, 3L);
    }

    /** It is known by its key, or by what it is about. */
    @Test
    void whatIsTheSameTheSecondTimeIsAskedAgain() {
        failures.add(TransportException.maybeSent("connection lost"));
        assertThat(call(CANCEL).answer()).isNotNull();
        assertThat(asked).containsExactly(2L, 3L);
    }
}
