package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.transport.netty.Members.Member;
import io.raftboot.transport.netty.snapshot.SnapshotChunks;
import io.raftboot.transport.netty.wire.Frames;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Purpose;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that no member sends close the connection they came by, and change nothing else. */
class HostileBytesTests {
    private static final int READ_TIMEOUT_MILLIS = 20_000;

    private final Members members = new Members();
    private final LogCapture log = new LogCapture();
    private Member one;
    private Member two;

    HostileBytesTests() throws IOException {
        one = members.start(1);
        two = members.start(2);
    }

    @BeforeEach
    void connect() {
        Members.connect(one, two);
    }

    @AfterEach
    void othersAreUnaffected() {
        one.sendAppends(2, 0, 1);
        two.sendAppends(1, 0, 1);
        await().untilAsserted(() -> {
            assertThat(one.recorder().messages).contains(Members.append(2, 1, 0));
            assertThat(two.recorder().messages).containsExactly(Members.append(1, 2, 0));
        });
        assertThat(one.recorder().events).containsExactly("connected 2");
        assertThat(two.recorder().events).containsExactly("connected 1");
        log.close();
        members.close();
    }

    @Test
    void http() throws IOException {
        assertClosed("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void oneWrongByteIsEnough() throws IOException {
        assertClosed(new byte[] {22});
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void randomBytes(long seed) throws IOException {
        byte[] bytes = new byte[4096];
        new Random(seed).nextBytes(bytes);

        assertClosed(bytes);
        assertClosed(RawPeer.concat(RawPeer.PREFACE, bytes));
        assertClosed(RawPeer.concat(RawPeer.PREFACE, RawPeer.length(bytes.length), bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, Frames.MAX_HANDSHAKE_FRAME_BYTES + 1})
    void impossibleLengths(int length) throws IOException {
        assertClosed(RawPeer.concat(RawPeer.PREFACE, RawPeer.length(length)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, (16 << 20) + 1})
    void impossibleLengthsAfterAGoodIntroduction(int length) throws IOException {
        assertClosedAfterIntroduction(Purpose.PURPOSE_STREAM, RawPeer.length(length));
    }

    @Test
    void aGoodIntroductionAndAFrameThatIsNone() throws IOException {
        byte[] garbage = new byte[100];
        new Random(9).nextBytes(garbage);
        garbage[0] = 0; // field number 0 does not exist

        assertClosedAfterIntroduction(Purpose.PURPOSE_STREAM, RawPeer.length(garbage.length), garbage);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void damagedFrames(long seed) throws IOException {
        Random random = new Random(seed);
        Frame frame = Frame.newBuilder()
                .addMessages(Members.append(9, 1, 5))
                .addMessages(Members.append(9, 1, 6))
                .build();
        for (int i = 0; i < 50; i++) {
            byte[] bytes = frame.toByteArray();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            try (RawPeer peer = introduced(Purpose.PURPOSE_STREAM)) {
                peer.say(RawPeer.length(bytes.length), bytes);
            }
        }
    }

    @Test
    void aSnapshotChannelThatBeginsWithSomethingElse() throws IOException {
        byte[] chunk = SnapshotChunks.frame(0, ByteBuffer.wrap(new byte[10])).toByteArray();

        assertClosedAfterIntroduction(Purpose.PURPOSE_SNAPSHOT, RawPeer.length(chunk.length), chunk);

        assertThat(one.recorder().file.isOpen()).isFalse();
    }

    @Test
    void silence() throws IOException {
        assertClosed(RawPeer.PREFACE);
    }

    @Test
    void manyConnections() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            sockets.add(connectRaw());
        }
        for (Socket socket : sockets) {
            assertThat(isClosedByOtherSide(socket)).isTrue();
        }
        assertThat(log.lines()).hasSize(1); // "did not introduce itself in time"
    }

    private void assertClosed(byte[] bytes) throws IOException {
        try (Socket socket = connectRaw()) {
            socket.getOutputStream().write(bytes);
            assertThat(isClosedByOtherSide(socket)).isTrue();
        }
    }

    private Socket connectRaw() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), one.port());
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        return socket;
    }

    private static boolean isClosedByOtherSide(Socket socket) throws IOException {
        try (socket) {
            InputStream input = socket.getInputStream();
            while (input.read() >= 0) {
                // the answer to a good introduction
                assertThat(socket.isConnected()).isTrue();
            }
            return true;
        } catch (SocketException reset) {
            return true;
        }
    }

    private void assertClosedAfterIntroduction(Purpose purpose, byte[]... bytes) throws IOException {
        try (RawPeer peer = introduced(purpose)) {
            peer.say(bytes);
            assertThat(peer.isClosedByOtherSide()).isTrue();
        }
    }

    private RawPeer introduced(Purpose purpose) throws IOException {
        return RawPeer.connected(one.port(), RawPeer.hello(Members.identity(9), purpose));
    }
}
