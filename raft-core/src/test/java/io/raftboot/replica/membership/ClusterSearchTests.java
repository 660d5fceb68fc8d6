package io.raftboot.replica.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.FakeClock;
import io.raftboot.replica.RecordingTransport;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.RemovalNotice;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterSearchTests {
    private static final Duration ELECTION_TIMEOUT = Duration.ofMillis(100);

    private final FakeClock clock = new FakeClock(0);
    private final RecordingTransport transport = new RecordingTransport();
    private final ClusterSearch search = new ClusterSearch(
            List.of(1L, 2L, 3L),
            transport,
            new RejectedConnections(EventSink.NONE),
            clock,
            ELECTION_TIMEOUT,
            new NothingFound());

    private List<Long> askedNow() {
        transport.asked.clear();
        search.ask(List.of(3L, 1L, 2L));
        return transport.asked.stream().map(RecordingTransport.Asked::to).toList();
    }

    /** A queue of one message has room for the first question only: all are asked in the end. */
    @Test
    void anotherMemberIsAskedFirstEachTime() {
        assertThat(askedNow()).containsExactly(1L, 2L, 3L);
        assertThat(askedNow()).as("once in an election timeout").isEmpty();
        clock.advanceMillis(ELECTION_TIMEOUT.toMillis());
        assertThat(askedNow()).containsExactly(2L, 3L, 1L);
        clock.advanceMillis(ELECTION_TIMEOUT.toMillis());
        assertThat(askedNow()).containsExactly(3L, 1L, 2L);
        clock.advanceMillis(ELECTION_TIMEOUT.toMillis());
        assertThat(askedNow()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void whoKnowsNobodyAsksNobody() {
        search.ask(List.of());
        assertThat(transport.asked).isEmpty();
    }

    private static final class NothingFound implements ClusterSearch.Found {
        @Override
        public void cluster(long id) {
            throw new AssertionError("nobody said which cluster it is");
        }

        @Override
        public void members(List<MemberRecord> members) {
            throw new AssertionError("nobody answered");
        }

        @Override
        public void removed(RemovalNotice notice) {
            throw new AssertionError("nobody was removed");
        }
    }
}
