package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.agent.ThreadedHost;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ListenAddressTests {
    private final AtomicInteger asked = new AtomicInteger();

    /** A name that comes with the process, a moment later. */
    private InetAddress knownAtSecondAttempt(String host) throws UnknownHostException {
        if (asked.incrementAndGet() < 2) {
            throw new UnknownHostException(host + ": Name or service not known");
        }
        return InetAddress.getLoopbackAddress();
    }

    private InetAddress neverKnown(String host) throws UnknownHostException {
        asked.incrementAndGet();
        throw new UnknownHostException(host + ": no such interface");
    }

    @Test
    void nameThatBecomesKnownIsWaitedFor() throws IOException {
        assertThat(new ListenAddress(this::knownAtSecondAttempt, ThreadedHost.SYSTEM)
                        .await("m1.raft", Duration.ofMinutes(1)))
                .isEqualTo(InetAddress.getLoopbackAddress());
    }

    @Test
    void nameThatStaysUnknownIsSaidWithTheTimeThatWasWaited() {
        assertThatExceptionOfType(UnknownHostException.class)
                .isThrownBy(() -> new ListenAddress(this::neverKnown, ThreadedHost.SYSTEM)
                        .await("fe80::1%none", Duration.ofNanos(1)))
                .withMessageContaining("the host fe80::1%none, on which this member is to listen, is not known")
                .withMessageContaining("no such interface");
        assertThat(asked).hasValue(1);
    }

    @Test
    void waitingEndsWithTheThread() {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedIOException.class)
                .isThrownBy(() -> new ListenAddress(this::neverKnown, ThreadedHost.SYSTEM)
                        .await("m1.raft", Duration.ofMinutes(1)));
        assertThat(Thread.interrupted()).isTrue();
    }
}
