package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.transport.Reach;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.netty.Members.Member;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Member 1 can't dial member 2, which dials it: as behind a firewall, or with a wrong address on one of the two. */
class OneWayTests {
    /** Nobody listens there. */
    private static final String NOWHERE = "127.0.0.1:1";

    private final Members members =
            new Members(Members.fast().snapshotChunkBytes(16 << 10).build());
    private final Member one = members.start(1);
    private final Member two = members.start(2);

    OneWayTests() throws IOException {}

    private void connect() {
        one.transport().setPeers(Map.of(2L, NOWHERE));
        two.transport().setPeers(Map.of(1L, one.address()));
        one.awaitEvent("connected 2");
        two.awaitEvent("connected 1");
    }

    @AfterEach
    void close() {
        members.close();
    }

    @Test
    void allGoesOnTheConnectionThatTheOtherSideOpened() throws Exception {
        connect();
        one.sendAppends(2, 0, 3);
        two.sendAppends(1, 0, 3);
        await().untilAsserted(() -> {
            assertThat(one.recorder().messages).hasSize(3);
            assertThat(two.recorder().messages).hasSize(3);
        });
        ByteString question = ByteString.copyFromUtf8("question");
        assertThat(one.transport().request(2, question, Duration.ofSeconds(20)).get(20, TimeUnit.SECONDS))
                .isEqualTo(question);
        await().during(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(one.recorder().events).containsExactly("connected 2"));
    }

    @Test
    void saysWhoIsReachedThatWayOnly() {
        connect();
        await().untilAsserted(() -> {
            assertThat(one.transport().reach()).isEqualTo(Map.of(2L, Reach.ACCEPTED_ONLY));
            assertThat(two.transport().reach()).isEqualTo(Map.of(1L, Reach.DIALLED));
        });
        one.transport().setPeers(Map.of(2L, two.address()));
        await().untilAsserted(() -> assertThat(one.transport().reach()).isEqualTo(Map.of(2L, Reach.DIALLED)));
        two.transport().close();
        await().untilAsserted(() -> assertThat(one.transport().reach()).isEqualTo(Map.of(2L, Reach.NONE)));
    }

    @Test
    void refusedDialSaysNothingAboutAProcessThatIsConnected() {
        connect();
        // Its dials are refused all the time; what it is told is that the peer is gone when its own connection is gone
        // too.
        two.transport().setPeers(Map.of());
        one.awaitLastEvent("disconnected 2 REFUSED_AT_RECONNECT");
        assertThat(one.recorder().events).containsExactly("connected 2", "disconnected 2 REFUSED_AT_RECONNECT");
        two.transport().setPeers(Map.of(1L, one.address()));
        one.awaitLastEvent("connected 2");
    }

    @Test
    void connectionOfItsOwnThatBreaksLosesNothingButWhatWasOnItsWay() throws IOException {
        Proxy proxy = new Proxy(two.port());
        one.transport().setPeers(Map.of(2L, proxy.address()));
        two.transport().setPeers(Map.of(1L, one.address()));
        await().untilAsserted(() -> assertThat(one.transport().reach()).isEqualTo(Map.of(2L, Reach.DIALLED)));
        two.awaitEvent("connected 1");

        proxy.close();

        one.awaitLastEvent("unreachable 2");
        await().untilAsserted(() -> assertThat(one.transport().reach()).isEqualTo(Map.of(2L, Reach.ACCEPTED_ONLY)));
        one.sendAppends(2, 7, 8);
        await().untilAsserted(() -> assertThat(two.recorder().messages).containsExactly(Members.append(1, 2, 7)));
        assertThat(one.recorder().events).containsExactly("connected 2", "unreachable 2");
    }

    @Test
    void whoCanNotBeDialledFetchesItsSnapshot() throws Exception {
        connect();
        byte[] content = new byte[100_000];
        new Random(5).nextBytes(content);
        one.transport().sendSnapshot(offer(), new Bytes(content)).get(30, TimeUnit.SECONDS);
        assertThat(two.recorder().file.bytes()).isEqualTo(content);
        assertThat(two.recorder().file.isFinished()).isTrue();
        assertThat(two.recorder().snapshots).containsExactly(offer());
    }

    @Test
    void memberThatIsNoPeerFetchesItsSnapshotToo() throws Exception {
        two.transport().setPeers(Map.of(1L, one.address()));
        two.awaitEvent("connected 1");
        byte[] content = new byte[1000];
        one.transport().sendSnapshot(offer(), new Bytes(content)).get(30, TimeUnit.SECONDS);
        assertThat(two.recorder().file.bytes()).isEqualTo(content);
    }

    private static Message offer() {
        return Message.newBuilder()
                .setType(MessageType.MSG_SNAP)
                .setFrom(1)
                .setTo(2)
                .setSnapshot(Snapshot.newBuilder().setData(ByteString.copyFromUtf8("descriptor")))
                .build();
    }

    private static final class Bytes implements SnapshotSource {
        private final byte[] content;

        Bytes(byte[] content) {
            this.content = content;
        }

        @Override
        public long length() {
            return content.length;
        }

        @Override
        public int read(long offset, ByteBuffer target) {
            int count = Math.min(target.remaining(), content.length - (int) offset);
            target.put(content, (int) offset, count);
            return count;
        }

        @Override
        public void close() {
            // There is nothing to be given back.
        }
    }
}
