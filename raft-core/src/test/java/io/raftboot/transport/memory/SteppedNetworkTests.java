package io.raftboot.transport.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.Transport;
import io.raftboot.transport.netty.Members;
import io.raftboot.transport.netty.Recorder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The network in memory in one thread, on a host that is stepped: what it loses and when it delivers comes from one seed. */
class SteppedNetworkTests {
    private static final int MESSAGES = 200;

    @Test
    void nothingHappensButInAStep() throws IOException {
        var host = new SeededHost(1);
        try (var network = new MemoryNetwork(host)) {
            var one = start(network, 1);
            var two = start(network, 2);
            one.transport.setPeers(Map.of(2L, "two:7400"));
            assertThat(one.recorder.events).isEmpty();
            host.run(Duration.ZERO);
            assertThat(one.recorder.events).containsExactly("connected 2");

            var answer = one.transport.request(2, ByteString.copyFromUtf8("hello"), Duration.ofSeconds(1));
            one.transport.send(List.of(Members.append(1, 2, 7)));
            assertThat(two.recorder.messages).isEmpty();
            host.run(Duration.ZERO);
            assertThat(two.recorder.messages).containsExactly(Members.append(1, 2, 7));
            assertThat(answer).isCompletedWithValue(ByteString.copyFromUtf8("hello"));

            network.cut(1, 2);
            host.run(Duration.ZERO);
            assertThat(one.recorder.events).containsExactly("connected 2", "unreachable 2", "disconnected 2 OTHER");
        }
    }

    @Test
    void requestTimesOutByTheHostsTime() throws IOException {
        var host = new SeededHost(1);
        try (var network = new MemoryNetwork(host)) {
            var one = start(network, 1);
            start(network, 2).recorder.answer((payload, response) -> {});
            one.transport.setPeers(Map.of(2L, "two:7400"));
            host.run(Duration.ZERO);

            var answer = one.transport.request(2, ByteString.EMPTY, Duration.ofHours(1));
            host.run(Duration.ofMinutes(59));
            assertThat(answer).isNotDone();
            host.run(Duration.ofMinutes(1));
            assertThat(answer).isCompletedExceptionally();
        }
    }

    @Test
    void oneSeedGivesOneCourse() throws IOException {
        var first = received(7);

        assertThat(received(7)).isEqualTo(first);
        assertThat(received(8)).isNotEqualTo(first);
        assertThat(first).hasSizeBetween(1, MESSAGES - 1);
    }

    /** Which messages came, and when. */
    private static List<String> received(long seed) throws IOException {
        var host = new SeededHost(seed);
        try (var network = new MemoryNetwork(host)) {
            var one = start(network, 1);
            var two = start(network, 2);
            one.transport.setPeers(Map.of(2L, "two:7400"));
            host.run(Duration.ZERO);
            network.drop(0.3);
            network.delay(Duration.ofMillis(1), Duration.ofMillis(20));
            one.transport.send(LongStream.range(0, MESSAGES)
                    .mapToObj(index -> Members.append(1, 2, index))
                    .toList());
            var course = new ArrayList<String>();
            for (int millis = 0; millis < 30; millis++) {
                host.run(Duration.ofMillis(1));
                for (int i = course.size(); i < two.recorder.messages.size(); i++) {
                    course.add(millis + ": " + two.recorder.messages.get(i).getIndex());
                }
            }
            return course;
        }
    }

    private record Joined(Transport transport, Recorder recorder) {}

    private static Joined start(MemoryNetwork network, long id) throws IOException {
        var joined = new Joined(network.join(id), new Recorder());
        joined.transport.start(new LocalMember(5, "default", id, 100 + id, "member" + id + ":7400"), joined.recorder);
        return joined;
    }
}
