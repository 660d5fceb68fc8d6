package io.raftboot.transport.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.netty.Recorder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryNetworkTests {
    private final MemoryNetwork network = new MemoryNetwork(7);
    private final Transport one = network.join(1);
    private final Transport two = network.join(2);
    private final Recorder atOne = new Recorder();
    private final Recorder atTwo = new Recorder();

    @BeforeEach
    void start() throws IOException {
        start(one, 1, atOne);
        start(two, 2, atTwo);
        one.setPeers(Map.of(2L, "two:7400"));
        two.setPeers(Map.of(1L, "one:7400"));
        await().untilAsserted(() -> {
            assertThat(atOne.events).containsExactly("connected 2");
            assertThat(atTwo.events).containsExactly("connected 1");
        });
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        network.close();
    }

    @Test
    void deliversInOrderDespiteDelays() {
        network.delay(Duration.ZERO, Duration.ofMillis(3));

        one.send(LongStream.range(0, 50).mapToObj(MemoryNetworkTests::message).toList());

        await().untilAsserted(() -> assertThat(atTwo.messages).hasSize(50));
        assertThat(atTwo.messages).extracting(Message::getIndex).isSorted();
    }

    @Test
    void losesOneDirectionOfACutLink() {
        network.cut(1, 2);
        await().untilAsserted(() -> assertThat(atOne.events).contains("unreachable 2", "disconnected 2 OTHER"));

        one.send(List.of(message(1)));
        two.send(List.of(message(2).toBuilder().setTo(1).setFrom(2).build()));

        await().untilAsserted(() -> assertThat(atOne.messages).hasSize(1));
        assertThat(atTwo.messages).isEmpty();
        network.heal();
        await().untilAsserted(() -> assertThat(atOne.events).last().isEqualTo("connected 2"));
    }

    @Test
    void tellsOthersOfAStoppedMember() {
        network.stop(2);
        await().untilAsserted(() -> assertThat(atOne.events).contains("disconnected 2 REFUSED_AT_RECONNECT"));

        network.restart(2);
        await().untilAsserted(() -> assertThat(atOne.events).last().isEqualTo("connected 2"));
    }

    @Test
    void losesMessagesByProbability() {
        network.drop(0.5);

        one.send(LongStream.range(0, 1000).mapToObj(MemoryNetworkTests::message).toList());
        network.drop(0);
        one.send(List.of(message(1000)));

        await().untilAsserted(() -> assertThat(atTwo.messages).last().isEqualTo(message(1000)));
        assertThat(atTwo.messages).hasSizeBetween(400, 600);
    }

    @Test
    void answersRequestsAndFailsThoseThatCanNotBeSent() throws Exception {
        ByteString payload = ByteString.copyFromUtf8("ping");
        assertThat(one.request(2, payload, Duration.ofSeconds(5)).get(5, TimeUnit.SECONDS))
                .isEqualTo(payload);

        network.cutBoth(1, 2);

        assertThatThrownBy(() -> one.request(2, payload, Duration.ofSeconds(5)).get(5, TimeUnit.SECONDS))
                .hasCauseInstanceOf(TransportException.class);
    }

    @Test
    void aClosedMemberCanBeReplacedByANewOne() throws IOException {
        two.close();
        await().untilAsserted(() -> assertThat(atOne.events).contains("disconnected 2 REFUSED_AT_RECONNECT"));

        Transport again = network.join(2);
        Recorder atAgain = new Recorder();
        start(again, 2, atAgain);
        again.setPeers(Map.of(1L, "one:7400"));

        await().untilAsserted(() -> assertThat(atOne.events).last().isEqualTo("connected 2"));
        one.send(List.of(message(1)));
        await().untilAsserted(() -> assertThat(atAgain.messages).hasSize(1));
        again.close();
    }

    private static void start(Transport transport, long nodeId, Recorder recorder) throws IOException {
        transport.start(new LocalMember(5, "default", nodeId, 100 + nodeId, "member" + nodeId + ":7400"), recorder);
    }

    private static Message message(long index) {
        return Message.newBuilder()
                .setType(MessageType.MSG_APP)
                .setFrom(1)
                .setTo(2)
                .setIndex(index)
                .build();
    }
}
