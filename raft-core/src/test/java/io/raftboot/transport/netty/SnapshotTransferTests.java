package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.netty.Members.Member;
import io.raftboot.transport.netty.snapshot.FrameInbox;
import io.raftboot.transport.netty.snapshot.OutgoingFile;
import io.raftboot.transport.netty.snapshot.SnapshotTransfer;
import io.raftboot.transport.netty.snapshot.UntilClosed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files on their own connection: whole, in part, damaged, unwanted. */
class SnapshotTransferTests {
    private static final int CHUNK_BYTES = 16 << 10;
    private static final int FILE_BYTES = 100 * CHUNK_BYTES + 17;

    private final Members members = new Members(
            Members.fast().snapshotChunkBytes(CHUNK_BYTES).snapshotAttempts(3).build());
    private final Member receiver = members.start(2);
    private final Member sender = members.start(1);

    SnapshotTransferTests() throws IOException {}

    @AfterEach
    void close() {
        members.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, CHUNK_BYTES, FILE_BYTES})
    void sendsTheFileAndThenTheMessage(int length) throws Exception {
        sendTo(receiver.address());
        Source source = new Source(length);

        send(source).get(30, TimeUnit.SECONDS);

        assertThat(receiver.recorder().file.bytes()).isEqualTo(source.content);
        assertThat(receiver.recorder().file.isFinished()).isTrue();
        assertThat(receiver.recorder().snapshots).containsExactly(message());
        assertThat(source.closed).isTrue();
    }

    @Test
    void resumesWhereABrokenConnectionLeftOff() throws Exception {
        try (Proxy proxy = new Proxy(receiver.port())) {
            sendTo(proxy.address());
            proxy.cutAt.set(FILE_BYTES / 2);
            Source source = new Source(FILE_BYTES);

            send(source).get(30, TimeUnit.SECONDS);

            assertThat(receiver.recorder().file.bytes()).isEqualTo(source.content);
            assertThat(receiver.recorder().snapshots).hasSize(1);
            assertThat(source.firstOffsets).hasSize(2).first().isEqualTo(0L);
            assertThat(source.firstOffsets.get(1)).isGreaterThan(0L);
        }
    }

    @Test
    void sendsAgainWhatWasDamagedOnItsWay() throws Exception {
        try (Proxy proxy = new Proxy(receiver.port())) {
            sendTo(proxy.address());
            // In the middle of a chunk's data, well away from the lengths around it.
            proxy.damageAt.set(CHUNK_BYTES * 10L + CHUNK_BYTES / 2);
            Source source = new Source(FILE_BYTES);

            send(source).get(30, TimeUnit.SECONDS);

            assertThat(receiver.recorder().file.bytes()).isEqualTo(source.content);
            assertThat(source.firstOffsets).hasSize(2);
            assertThat(proxy.damageAt).hasValue(Long.MAX_VALUE);
        }
    }

    @Test
    void resumesWhatAnEarlierTransferLeft() throws Exception {
        sendTo(receiver.address());
        Source source = new Source(FILE_BYTES);
        receiver.recorder().file.write(ByteBuffer.wrap(source.content, 0, 1000));

        send(source).get(30, TimeUnit.SECONDS);

        assertThat(receiver.recorder().file.bytes()).isEqualTo(source.content);
        assertThat(source.firstOffsets).containsExactly(1000L);
    }

    /** As when the leader changes in the middle, and the new one has the same file. */
    @Test
    void resumesWhatAnotherSenderBegan() throws Exception {
        sendTo(receiver.address());
        Source first = new Source(FILE_BYTES);
        receiver.recorder().file.hook = writes -> {
            if (writes == 50) {
                throw new IOException("enough");
            }
        };
        assertThat(NettyTransportTests.failureOf(send(first))).hasMessageContaining("enough");
        receiver.recorder().file.hook = writes -> {};
        Member other = members.start(3);
        other.transport().setPeers(Map.of(2L, receiver.address()));
        Source second = new Source(FILE_BYTES);

        other.transport()
                .sendSnapshot(message().toBuilder().setFrom(3).build(), second)
                .get(30, TimeUnit.SECONDS);

        assertThat(second.firstOffsets).containsExactly(50L * CHUNK_BYTES);
        assertThat(receiver.recorder().file.bytes()).isEqualTo(second.content);
    }

    @Test
    void givesUpAfterAFewAttemptsThatGotNowhere() throws IOException {
        sendTo("127.0.0.1:1");
        Source source = new Source(FILE_BYTES);

        TransportException failure = NettyTransportTests.failureOf(send(source));

        assertThat(failure).hasMessageContaining("could not be sent").hasMessageContaining("refused");
        assertThat(source.closed).isTrue();
    }

    @Test
    void isNotTriedAgainWhenTheReceiverFails() throws IOException {
        sendTo(receiver.address());
        Source source = new Source(FILE_BYTES);
        receiver.recorder().file.failure = new IOException("the disk is full");

        assertThat(NettyTransportTests.failureOf(send(source))).hasMessageContaining("the disk is full");
        assertThat(source.firstOffsets).hasSize(1);
        await().until(() -> !receiver.recorder().file.isOpen());
        assertThat(receiver.recorder().snapshots).isEmpty();
    }

    @Test
    void stopsWhenAWriteFails() throws IOException {
        sendTo(receiver.address());
        Source source = new Source(FILE_BYTES);
        receiver.recorder().file.hook = writes -> {
            if (writes == 10) {
                throw new IOException("the disk is full");
            }
        };

        assertThat(NettyTransportTests.failureOf(send(source))).hasMessageContaining("the disk is full");
    }

    @Test
    void failsWithWhatTheSourceSays() throws IOException {
        sendTo(receiver.address());
        Source source = new Source(FILE_BYTES);
        source.failure = new IOException("can't read");

        CompletableFuture<Void> sent = send(source);

        assertThatThrownBy(() -> sent.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessage("can't read");
        assertThat(source.closed).isTrue();
    }

    @Test
    void failsForWhomIsNoPeer() throws IOException {
        Source source = new Source(1);

        assertThat(NettyTransportTests.failureOf(send(source)).certainlyNotSent())
                .isTrue();
        assertThat(source.closed).isTrue();
    }

    @Test
    void cancellingEndsTheTransfer() throws IOException {
        sendTo(receiver.address());
        // More than all that lies between the two ends takes, or it may all be on its way when it is cancelled.
        Source source = new Source(32 * 1024 * 1024);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch writing = new CountDownLatch(1);
        receiver.recorder().file.hook = writes -> {
            writing.countDown();
            pass(go);
        };

        CompletableFuture<Void> sent = send(source);
        pass(writing);
        sent.cancel(false);
        go.countDown();

        assertThatThrownBy(() -> sent.get(30, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        await().until(() -> source.closed && !receiver.recorder().file.isOpen());
        assertThat(receiver.recorder().snapshots).isEmpty();
    }

    @Test
    void aSecondTransferOfTheSameMemberWaitsForTheFirstToLetGo() throws Exception {
        sendTo(receiver.address());
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch writing = new CountDownLatch(1);
        receiver.recorder().file.hook = writes -> {
            writing.countDown();
            pass(go);
        };
        CompletableFuture<Void> first = send(new Source(FILE_BYTES));
        pass(writing);

        // The sink refuses to be opened twice at once.
        Source source = new Source(FILE_BYTES);
        CompletableFuture<Void> second = send(source);
        first.cancel(false);
        go.countDown();

        second.get(30, TimeUnit.SECONDS);
        assertThat(receiver.recorder().file.bytes()).isEqualTo(source.content);
    }

    @Test
    void keepsToTheRate() throws Exception {
        TransportOptions slow = Members.fast().snapshotBytesPerSecond(1 << 20).build();
        try (Members throttled = new Members(slow)) {
            Member one = throttled.start(1);
            one.transport().setPeers(Map.of(2L, receiver.address()));
            long started = System.nanoTime();

            one.transport().sendSnapshot(message(), new Source(512 << 10)).get(30, TimeUnit.SECONDS);

            assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(400));
        }
    }

    @Test
    void messagesFlowWhileTheReceiverOfAFileIsSlow() throws Exception {
        sendTo(receiver.address());
        sender.awaitEvent("connected 2");
        CountDownLatch go = new CountDownLatch(1);
        receiver.recorder().file.hook = writes -> pass(go);
        Source source = new Source(FILE_BYTES);
        CompletableFuture<Void> sent = send(source);

        sender.sendAppends(2, 0, 10);

        await().untilAsserted(() -> assertThat(receiver.recorder().messages).hasSize(10));
        // Nor is more read than the receiver can take.
        await().during(Duration.ofSeconds(1)).until(() -> !sent.isDone()); // two idle time-outs
        go.countDown();
        sent.get(30, TimeUnit.SECONDS);
        assertThat(source.firstOffsets).containsExactly(0L);
        assertThat(receiver.recorder().file.bytes()).isEqualTo(source.content);
    }

    @Test
    void closingTheTransportEndsTransfers() throws IOException {
        sendTo(receiver.address());
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch writing = new CountDownLatch(1);
        receiver.recorder().file.hook = writes -> {
            writing.countDown();
            pass(go);
        };
        Source source = new Source(FILE_BYTES);
        CompletableFuture<Void> sent = send(source);
        pass(writing);

        sender.transport().close();

        assertThat(source.closed).isTrue();
        assertThat(NettyTransportTests.failureOf(sent).certainlyNotSent()).isFalse();
        go.countDown();
    }

    /** It had lost its connection, and waited a moment before it tried again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void transferThatIsAboutToConnectEndsWithTheTransport(boolean known) throws Exception {
        var patient = TransportOptions.builder()
                .snapshotStallTimeout(Duration.ofHours(1))
                .build();
        var endpoint = Members.endpoint(Members.identity(1), patient);
        endpoint.start(Members.HOST, null);
        endpoint.close();
        var source = new Source(FILE_BYTES);
        var sent = new CompletableFuture<Void>();
        var address = known ? PeerAddress.parse(receiver.address()) : null;

        var file = new OutgoingFile(message(), source, sent);
        var transfer = new SnapshotTransfer(
                endpoint, endpoint.snapshots(), endpoint.groups().get(0), address, file);
        var sending = CompletableFuture.runAsync(transfer);

        assertThat(NettyTransportTests.failureOf(sent)).hasMessageContaining("closed");
        sending.get(30, TimeUnit.SECONDS);
        assertThat(source.closed).isTrue();
    }

    /** The close comes while it waits for a connection that nobody makes. */
    @Test
    void transferThatWaitsForAConnectionEndsWithTheTransport() throws Exception {
        var patient = TransportOptions.builder()
                .snapshotStallTimeout(Duration.ofHours(1))
                .build();
        var endpoint = Members.endpoint(Members.identity(1), patient);
        endpoint.start(Members.HOST, null);
        var never = new CompletableFuture<FrameInbox>();
        var waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return endpoint.snapshots().untilClosed().await(never, Duration.ofHours(1));
            } catch (Exception e) {
                throw new java.util.concurrent.CompletionException(e);
            }
        });
        endpoint.close();
        assertThatThrownBy(() -> waiting.get(30, TimeUnit.SECONDS)).hasMessageContaining("closed");
    }

    /** A peer that is never there is waited for again and again, as long as the transport lives. */
    @Test
    void nothingIsLeftOfConnectionsThatWereWaitedForInVain() throws Exception {
        var untilClosed = new UntilClosed(ThreadedHost.SYSTEM);
        var never = new CompletableFuture<FrameInbox>();
        assertThatThrownBy(() -> untilClosed.await(never, Duration.ofMillis(1)))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        assertThat(untilClosed.awaitedCount()).isZero();
    }

    private void sendTo(String address) {
        sender.transport().setPeers(Map.of(2L, address));
    }

    private CompletableFuture<Void> send(Source source) {
        return sender.transport().sendSnapshot(message(), source);
    }

    private static Message message() {
        return Message.newBuilder()
                .setType(MessageType.MSG_SNAP)
                .setFrom(1)
                .setTo(2)
                .setSnapshot(Snapshot.newBuilder().setData(ByteString.copyFromUtf8("descriptor")))
                .build();
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Source implements SnapshotSource {
        final byte[] content;

        /** Where each attempt began to read. */
        final List<Long> firstOffsets = new CopyOnWriteArrayList<>();

        volatile boolean closed;
        volatile @Nullable IOException failure;
        private long expected = -1;

        Source(int length) {
            content = new byte[length];
            new Random(42).nextBytes(content);
        }

        @Override
        public long length() {
            return content.length;
        }

        @Override
        public int read(long offset, ByteBuffer target) throws IOException {
            IOException toThrow = failure;
            if (toThrow != null) {
                throw toThrow;
            }
            if (offset != expected) {
                firstOffsets.add(offset);
            }
            int length = (int) Math.min(target.remaining(), content.length - offset);
            target.put(content, (int) offset, length);
            expected = offset + length;
            return length;
        }

        @Override
        public void close() {
            assertThat(closed).isFalse();
            closed = true;
        }
    }
}
