package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.transport.ErrorGuard;
import io.raftboot.transport.netty.Members.Member;
import io.raftboot.transport.netty.wire.TransportLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Errors on the threads of a transport: told, and survived until somebody closes it. */
@Timeout(60)
class TransportErrorTests {
    private final Members members = new Members();

    @AfterEach
    void close() {
        members.close();
    }

    @Test
    void errorOfTheListenerIsToldOnceAndTheTransportCanBeClosed() throws IOException {
        Recorder broken = new Recorder();
        broken.onMessages = () -> {
            throw new StackOverflowError("injected");
        };
        Member one = members.start(Members.identity(1), 0, broken);
        Member two = members.start(2);
        Members.connect(one, two);

        two.sendAppends(1, 0, 1);
        await().until(() -> !broken.failures.isEmpty());
        two.sendAppends(1, 1, 2);

        assertThat(broken.failures).singleElement().satisfies(cause -> assertThat(cause)
                .isInstanceOf(StackOverflowError.class)
                .hasMessage("injected"));
        int port = one.port();
        one.transport().close();
        members.start(Members.identity(1), port).transport().close();
    }

    @Test
    void errorOfTheListenerInARequestIsToldAndTheRequestFails() throws IOException {
        Recorder broken = new Recorder();
        broken.answer = (payload, response) -> {
            throw new AssertionError("injected");
        };
        Member one = members.start(Members.identity(1), 0, broken);
        Member two = members.start(2);
        Members.connect(one, two);

        var answer = two.transport().request(1, ByteString.EMPTY, Duration.ofSeconds(20));

        assertThat(answer).failsWithin(Duration.ofSeconds(10));
        assertThat(broken.failures).hasSize(1);
    }

    @Test
    void exceptionOfTheListenerIsNotAFailureOfTheTransport() throws IOException {
        Recorder odd = new Recorder();
        AtomicInteger calls = new AtomicInteger();
        odd.onMessages = () -> {
            calls.incrementAndGet();
            throw new IllegalStateException("injected");
        };
        Member one = members.start(Members.identity(1), 0, odd);
        Member two = members.start(2);
        Members.connect(one, two);

        two.sendAppends(1, 0, 1);
        await().until(() -> calls.get() > 0);
        two.sendAppends(1, 1, 2);
        await().until(() -> calls.get() > 1);

        assertThat(odd.failures).isEmpty();
    }

    @Test
    void closeKnowsItsOwnThreads() throws IOException {
        Recorder asking = new Recorder();
        Member one = members.start(Members.identity(1), 0, asking);
        Member two = members.start(2);
        CompletableFuture<Boolean> own = new CompletableFuture<>();
        asking.onMessages = () ->
                own.complete(one.transport().isOwnThread() && !two.transport().isOwnThread());
        Members.connect(one, two);

        two.sendAppends(1, 0, 1);

        assertThat(own).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(true);
        assertThat(one.transport().isOwnThread()).isFalse();
    }

    /** Netty's own event loop would have ended at each of these, or repeated nothing any more, without a word. */
    @Test
    void loopGoesOnAfterErrorsOfItsTasksAndTimers() throws Exception {
        Recorder told = new Recorder();
        TransportLoop loop = new TransportLoop(ThreadedHost.SYSTEM.threads("loop"), new ErrorGuard(told::failed));
        try {
            AtomicInteger ticks = new AtomicInteger();
            CountDownLatch later = new CountDownLatch(3);
            var unused = loop.scheduleWithFixedDelay(
                    () -> {
                        later.countDown();
                        if (ticks.incrementAndGet() == 1) {
                            throw new OutOfMemoryError("injected");
                        }
                    },
                    1,
                    1,
                    TimeUnit.MILLISECONDS);

            assertThat(later.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(told.failures).singleElement().isInstanceOf(OutOfMemoryError.class);
        } finally {
            var unused = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            assertThat(loop.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void errorThatOthersWrappedIsFound() {
        Recorder told = new Recorder();
        ErrorGuard guard = new ErrorGuard(told::failed);

        guard.caughtElsewhere(new IllegalStateException(new IOException("a connection broke")));
        assertThat(told.failures).isEmpty();
        guard.caughtElsewhere(new IllegalStateException(new NoClassDefFoundError("injected")));
        assertThat(told.failures).singleElement().isInstanceOf(NoClassDefFoundError.class);
    }
}
