package io.raftboot.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Bytes that no member sends, and connections that say nothing, at the port of a process with a small heap: it closes them and goes
 * on, and so do the others.
 */
class HostileBytesProcessTests {
    private static final byte[] PREFACE = {'R', 'B', 'T', 1};
    private static final int ROUNDS = 200;
    private static final int MOST_BYTES = 4_096;

    /** More of them together than a member has any use for. */
    private static final int CONNECTIONS = 6_000;

    private static final int CLOSED_WITHIN_MILLIS = 60_000;

    private final QuietGroup group = new QuietGroup("hostile");
    private final SplittableRandom random = new SplittableRandom(7);

    @AfterEach
    void close() {
        group.close();
    }

    @Test
    void bytesThatAreNoFramesCloseTheirConnectionOnly() throws IOException {
        var victim = group.awaitLeader().member();
        for (int round = 0; round < ROUNDS; round++) {
            for (byte[] bytes : List.of(
                    random(),
                    concat(PREFACE, random()),
                    concat(PREFACE, length(random.nextInt()), random()),
                    concat(PREFACE, length(64), random()),
                    concat(PREFACE, length(Integer.MAX_VALUE)),
                    "GET /actuator/health HTTP/1.1\r\nHost: member\r\n\r\n".getBytes(US_ASCII),
                    // The beginning of a conversation in TLS.
                    concat(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xFC, 3, 3}, random()))) {
                try (var socket = connect(victim)) {
                    say(socket, bytes);
                }
            }
        }
        try (var socket = connect(victim)) {
            say(socket, random());
            assertThat(isClosedByOtherSide(socket)).isTrue();
        }
        group.assertGoesOn();
    }

    @Test
    void connectionsThatSayNothingOrLittleAreClosedAndKeepNobodyOut() throws IOException {
        var victim = group.awaitLeader().member();
        var sockets = new ArrayList<Socket>();
        try {
            for (int number = 0; number < CONNECTIONS; number++) {
                var socket = connect(victim);
                sockets.add(socket);
                say(socket, number % 3 == 0 ? new byte[0] : number % 3 == 1 ? PREFACE : concat(PREFACE, length(100)));
            }
            group.applyThroughEach();
            // One that was cut off meanwhile finds its way back past the strangers.
            var other = group.follower();
            assertThat(other.stop()).isTrue();
            other.start();
            group.applyThroughEach();
            for (Socket socket : sockets) {
                assertThat(isClosedByOtherSide(socket)).isTrue();
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        group.assertGoesOn();
    }

    private static Socket connect(ClusterMember member) throws IOException {
        var socket = new Socket();
        socket.setSoTimeout(CLOSED_WITHIN_MILLIS);
        var address = member.peer();
        socket.connect(new InetSocketAddress(address.host(), address.port()), CLOSED_WITHIN_MILLIS);
        return socket;
    }

    private static void say(Socket socket, byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException e) {
            assertThat(e).as("it was closed on what came first").hasMessageMatching("(?i).*(reset|broken pipe).*");
        }
    }

    private static boolean isClosedByOtherSide(Socket socket) throws IOException {
        try {
            int next = socket.getInputStream().read();
            while (next >= 0) {
                next = socket.getInputStream().read(); // what it says before it closes
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    private byte[] random() {
        byte[] bytes = new byte[random.nextInt(1, MOST_BYTES)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] length(int length) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(length).array();
    }

    private static byte[] concat(byte[]... parts) {
        var all = ByteBuffer.allocate(MOST_BYTES + Long.BYTES + Integer.BYTES);
        for (byte[] part : parts) {
            all.put(part);
        }
        byte[] bytes = new byte[all.flip().remaining()];
        all.get(bytes);
        return bytes;
    }
}
