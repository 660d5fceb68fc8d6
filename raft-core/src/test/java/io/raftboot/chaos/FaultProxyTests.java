package io.raftboot.chaos;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.raftboot.chaos.FaultProxy.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From place 1, which dials, to place 2, which answers. */
@Timeout(60)
class FaultProxyTests {
    private static final InetAddress HOST = InetAddress.getLoopbackAddress();

    private final FaultProxy proxy = new FaultProxy(address -> 1, place -> null);
    private ServerSocket server;
    private Socket near;
    private Socket far;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, HOST);
        int port = proxy.open(new InetSocketAddress(HOST, 0), 2, new InetSocketAddress(HOST, server.getLocalPort()));
        near = new Socket(HOST, port);
        far = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        near.close();
        far.close();
        server.close();
    }

    @Test
    void passesOnBothWays() throws IOException {
        assertThat(sent(near, far, "there")).isEqualTo("there");
        assertThat(sent(far, near, "back")).isEqualTo("back");
        for (Kind kind : Kind.values()) {
            assertThat(proxy.done(kind)).as(kind.name()).isZero();
        }
    }

    @Test
    void flipsOneBitInEachOfSoManyPieces() throws IOException {
        proxy.set(1, 2, Kind.FLIP, 1);
        byte[] spoiled = sent(near, far, "\0\0\0\0").getBytes(ISO_8859_1);
        int bits = 0;
        for (byte part : spoiled) {
            bits += Integer.bitCount(part & 0xFF);
        }
        assertThat(bits).isEqualTo(1);
        assertThat(sent(near, far, "whole")).isEqualTo("whole");
        assertThat(proxy.done(Kind.FLIP)).isEqualTo(1);
    }

    @Test
    void faultOfOneWayLeavesTheOtherAlone() throws IOException {
        proxy.set(1, 2, Kind.FLIP, 1);
        assertThat(sent(far, near, "back")).isEqualTo("back");
        assertThat(proxy.done(Kind.FLIP)).isZero();
    }

    @Test
    void faultOfAPlaceHoldsForAllThatItSendsOrIsSent() throws IOException {
        proxy.set(1, FaultProxy.ANYONE, Kind.FLIP, 1);
        assertThat(sent(near, far, "there")).isNotEqualTo("there");
        proxy.set(FaultProxy.ANYONE, 2, Kind.FLIP, 1);
        assertThat(sent(near, far, "there")).isNotEqualTo("there");
        proxy.set(FaultProxy.ANYONE, 1, Kind.DELAY, 1);
        assertThat(sent(near, far, "there")).isEqualTo("there");
        assertThat(proxy.done(Kind.DELAY)).isZero();
        assertThat(sent(far, near, "back")).isEqualTo("back");
        assertThat(proxy.done(Kind.DELAY)).isEqualTo(1);
    }

    @Test
    void halfOpenConnectionLosesAllThatComesAlsoBehindTheFault() throws IOException {
        proxy.set(1, 2, Kind.HALF_OPEN, 1);
        near.getOutputStream().write('x');
        await().until(() -> proxy.done(Kind.HALF_OPEN) == 1);
        proxy.healAll();
        near.getOutputStream().write('y');
        await().until(() -> proxy.done(Kind.HALF_OPEN) == 2);
        assertThat(sent(far, near, "back")).isEqualTo("back");
        assertThat(far.getInputStream().available()).isZero();
    }

    @Test
    void resetBreaksConnectionsThatAreThere() throws IOException {
        assertThat(sent(near, far, "there")).isEqualTo("there");
        proxy.set(2, FaultProxy.ANYONE, Kind.RESET, 1);
        near.setSoTimeout(30_000);
        assertThatThrownBy(() -> assertThat(near.getInputStream().read()).isNotNegative())
                .isInstanceOfAny(SocketException.class, AssertionError.class);
        assertThat(proxy.done(Kind.RESET)).isEqualTo(1);
    }

    @Test
    void delayedAndThrottledPiecesArriveWhole() throws IOException {
        proxy.set(1, 2, Kind.DELAY, 5);
        proxy.set(1, 2, Kind.THROTTLE, 10_000);
        assertThat(sent(near, far, "there")).isEqualTo("there");
        assertThat(proxy.done(Kind.DELAY)).isEqualTo(1);
        assertThat(proxy.done(Kind.THROTTLE)).isEqualTo(1);
    }

    @Test
    void connectionEndsWhereTheTargetIsNotThere() throws IOException {
        server.close();
        int port = proxy.open(new InetSocketAddress(HOST, 0), 3, new InetSocketAddress(HOST, server.getLocalPort()));
        try (var refused = new Socket(HOST, port)) {
            refused.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
            assertThatThrownBy(() -> assertThat(refused.getInputStream().read()).isNotNegative())
                    .isInstanceOfAny(SocketException.class, AssertionError.class);
        }
    }

    private static String sent(Socket from, Socket to, String text) throws IOException {
        from.getOutputStream().write(text.getBytes(UTF_8));
        return new String(to.getInputStream().readNBytes(text.length()), ISO_8859_1);
    }
}
