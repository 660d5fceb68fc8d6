package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.transport.GroupIdentity;
import io.raftboot.transport.MemberRun;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.ProcessIdentity;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.netty.handshake.OpenGroup;
import io.raftboot.transport.netty.snapshot.OutgoingFile;
import io.raftboot.transport.netty.wire.MachineSockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two processes that take part in several groups, over one port and one connection for each direction. */
@Timeout(60)
class SeveralGroupsTests {
    private final List<Running> started = new ArrayList<>();
    private final LogCapture log = new LogCapture();

    /** One process with its groups, and what each of them is told. */
    private record Running(long id, Endpoint endpoint, Map<String, Recorder> recorders) {
        OpenGroup group(String name) {
            return endpoint.groups().stream()
                    .filter(group -> group.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        Recorder recorder(String name) {
            return Objects.requireNonNull(recorders.get(name));
        }

        PeerAddress address() {
            return new PeerAddress(Members.HOST, Objects.requireNonNull(endpoint.port()));
        }

        void send(String group, long to, long index) {
            endpoint.outbox().send(group(group), List.of(Members.append(id, to, index)));
        }
    }

    private Running start(long id, String... groups) throws IOException {
        Map<String, Recorder> recorders = new java.util.HashMap<>();
        List<OpenGroup> open = Stream.of(groups)
                .map(name -> {
                    var recorder = new Recorder();
                    recorders.put(name, recorder);
                    return new OpenGroup(new GroupIdentity(name, MemberRun.UNKNOWN, ""), recorder);
                })
                .toList();
        var self = new ProcessIdentity(77, id, 1000 + id, "member" + id + ":7400");
        var endpoint =
                new Endpoint(self, open, Members.fast().build(), ThreadedHost.SYSTEM, MachineSockets.INSTANCE, null);
        endpoint.start(Members.HOST, 0);
        var process = new Running(id, endpoint, recorders);
        started.add(process);
        return process;
    }

    @AfterEach
    void close() {
        started.forEach(process -> process.endpoint.close());
        log.close();
    }

    private static void awaitEvent(Running process, String group, String event) {
        await().untilAsserted(() -> assertThat(process.recorder(group).events).contains(event));
    }

    @Test
    void eachGroupHearsItsOwnMessagesAndRequests() throws Exception {
        // In another order, so that the numbers are not those of this side.
        Running one = start(1, "orders", "stock");
        Running two = start(2, "stock", "orders");
        one.endpoint.setPeers(Map.of(2L, List.of(two.address())));
        awaitEvent(one, "orders", "connected 2");
        awaitEvent(one, "stock", "connected 2");

        // There and, on the same connection, back.
        one.send("orders", 2, 7);
        one.send("stock", 2, 8);
        await().untilAsserted(() -> {
            assertThat(two.recorder("orders").messages).containsExactly(Members.append(1, 2, 7));
            assertThat(two.recorder("stock").messages).containsExactly(Members.append(1, 2, 8));
        });
        two.send("orders", 1, 9);
        two.send("stock", 1, 10);
        await().untilAsserted(() -> {
            assertThat(one.recorder("orders").messages).containsExactly(Members.append(2, 1, 9));
            assertThat(one.recorder("stock").messages).containsExactly(Members.append(2, 1, 10));
        });

        two.recorder("orders").answer((payload, response) -> response.complete(ByteString.copyFromUtf8("orders")));
        two.recorder("stock").answer((payload, response) -> response.complete(ByteString.copyFromUtf8("stock")));
        for (String group : List.of("stock", "orders")) {
            var answer = new CompletableFuture<ByteString>();
            one.endpoint.outbox().ask(one.group(group), 2, ByteString.EMPTY, answer, Duration.ofSeconds(20));
            assertThat(answer.get(20, TimeUnit.SECONDS).toStringUtf8()).isEqualTo(group);
        }
        assertThat(two.recorder("orders").confirmed).hasSize(1);
        assertThat(two.recorder("stock").confirmed).hasSize(1);
    }

    @Test
    void groupThatTheOtherSideDoesNotHaveIsRefusedByNameAndTheOthersAreServed() throws Exception {
        Running one = start(1, "orders", "stock");
        Running two = start(2, "stock");
        one.endpoint.setPeers(Map.of(2L, List.of(two.address())));
        awaitEvent(one, "stock", "connected 2");

        await().untilAsserted(() -> assertThat(one.recorder("orders").refusals.get(2L))
                .isEqualTo("this is member 2 of group stock, cluster 4d, not of group orders: correct the address"));
        one.send("stock", 2, 8);
        await().untilAsserted(() -> assertThat(two.recorder("stock").messages).hasSize(1));
        one.send("orders", 2, 7);
        awaitEvent(one, "orders", "unreachable 2");
        assertThat(one.recorder("orders").events).containsExactly("unreachable 2");
        assertThat(log.lines()).anyMatch(line -> line.contains("not of group orders"));
    }

    @Test
    void groupThatOneSideRefusesIsNotServedAndTheOthersAre() throws Exception {
        Running one = start(1, "orders", "stock", "audit");
        Running two = start(2, "orders", "stock", "audit");
        two.recorder("orders").refusal = remote -> "removed there";
        one.recorder("audit").refusal = remote -> "not wanted here";
        one.endpoint.setPeers(Map.of(2L, List.of(two.address())));
        awaitEvent(one, "stock", "connected 2");

        await().untilAsserted(() ->
                assertThat(one.recorder("orders").refusals.get(2L)).isEqualTo("removed there"));
        assertThat(one.recorder("audit").turnedAway).hasSize(1);
        one.send("stock", 2, 8);
        await().untilAsserted(() -> assertThat(two.recorder("stock").messages).hasSize(1));
        // The other side serves neither, on the way back.
        two.send("audit", 1, 9);
        awaitEvent(two, "audit", "unreachable 1");
        assertThat(one.recorder("audit").messages).isEmpty();
        assertThat(one.recorder("audit").events).isEmpty();
        assertThat(one.recorder("orders").events).isEmpty();
        assertThat(two.recorder("audit").confirmed).isEmpty();
    }

    @Test
    void snapshotsOfTwoGroupsTravelAtOnce() throws Exception {
        Running one = start(1, "orders", "stock");
        Running two = start(2, "stock", "orders");
        one.endpoint.setPeers(Map.of(2L, List.of(two.address())));
        awaitEvent(one, "orders", "connected 2");

        var orders = sendSnapshot(one, two, "orders");
        var stock = sendSnapshot(one, two, "stock");

        orders.get(20, TimeUnit.SECONDS);
        stock.get(20, TimeUnit.SECONDS);
        assertThat(two.recorder("orders").file.bytes()).isEqualTo("orders".getBytes(StandardCharsets.UTF_8));
        assertThat(two.recorder("stock").file.bytes()).isEqualTo("stock".getBytes(StandardCharsets.UTF_8));
    }

    private static CompletableFuture<Void> sendSnapshot(Running from, Running to, String group) {
        var message = Message.newBuilder()
                .setType(MessageType.MSG_SNAP)
                .setFrom(from.id)
                .setTo(to.id)
                .build();
        var done = new CompletableFuture<Void>();
        var content = ByteString.copyFromUtf8(group);
        var source = new SnapshotSource() {
            @Override
            public long length() {
                return content.size();
            }

            @Override
            public int read(long offset, ByteBuffer target) {
                var rest = content.substring((int) offset);
                target.put(rest.asReadOnlyByteBuffer());
                return rest.size();
            }

            @Override
            public void close() {}
        };
        from.endpoint.sendSnapshot(from.group(group), to.address(), new OutgoingFile(message, source, done));
        return done;
    }
}
