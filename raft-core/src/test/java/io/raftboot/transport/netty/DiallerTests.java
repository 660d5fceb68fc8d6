package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.raftboot.agent.Clock;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.transport.ErrorGuard;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.netty.handshake.DialFailure;
import io.raftboot.transport.netty.handshake.DialOutcome;
import io.raftboot.transport.netty.handshake.Dialler;
import io.raftboot.transport.netty.handshake.Introductions;
import io.raftboot.transport.netty.handshake.Meeting;
import io.raftboot.transport.netty.handshake.NameLookup;
import io.raftboot.transport.netty.tls.Securing;
import io.raftboot.transport.netty.wire.LivenessMonitor;
import io.raftboot.transport.netty.wire.MachineSockets;
import io.raftboot.transport.netty.wire.NoticeLog;
import io.raftboot.transport.netty.wire.TransportLoop;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** A process without descriptors, which can't make a channel, nor accept one. */
@Timeout(60)
class DiallerTests {
    private final Recorder recorder = new Recorder();
    private final TransportLoop loop = new TransportLoop(Thread::new, new ErrorGuard(recorder::failed));
    private final TransportOptions options = TransportOptions.defaults();

    private final Dialler dialler = new Dialler(
            loop,
            new NameLookup(Runnable::run, MachineSockets.INSTANCE),
            new Introductions(
                    Members.identity(1).process(),
                    List.of(Members.group(recorder)),
                    ThreadedHost.SYSTEM.strongRandom()),
            new LivenessMonitor(options, Clock.SYSTEM),
            options,
            () -> {
                throw new ChannelException("Failed to open a socket.", new SocketException("Too many open files"));
            },
            new Securing(
                    null,
                    Runnable::run,
                    loop,
                    new NoticeLog(LoggerFactory.getLogger(NettyTransport.class), System::nanoTime)));

    @AfterEach
    void close() throws InterruptedException {
        loop.shutdownGracefully(0, 10, TimeUnit.SECONDS).await();
    }

    private Dialler.Attempt dial(DialOutcome outcome) throws Exception {
        var visit = Dialler.Visit.ofStream(List.of(Members.group(recorder)), false);
        var target = new Dialler.Target(2, new PeerAddress("127.0.0.1", 1), visit, 0, null);
        return loop.submit(() -> dialler.dial(target, outcome)).get(20, TimeUnit.SECONDS);
    }

    /** The outcome belongs to the thread that owns all there is of connections. */
    @Test
    void channelThatCanNotBeMadeIsAFailureOnTheEventLoop() throws Exception {
        var thread = new AtomicReference<Thread>();
        var failed = new CompletableFuture<DialFailure>();
        var attempt = dial(new Failing() {
            @Override
            public void failed(DialFailure failure) {
                thread.set(Thread.currentThread());
                failed.complete(failure);
            }
        });

        assertThat(failed.get(20, TimeUnit.SECONDS).message())
                .isEqualTo("failed: Failed to open a socket: Too many open files");
        assertThat(loop.inEventLoop(thread.get())).isTrue();
        assertThatNoException().isThrownBy(() -> loop.submit(attempt::cancel).get(20, TimeUnit.SECONDS));
    }

    @Test
    void attemptWithoutAChannelCanBeCancelledBeforeItsFailureIsTold() throws Exception {
        var visit = Dialler.Visit.ofStream(List.of(Members.group(recorder)), false);
        var target = new Dialler.Target(2, new PeerAddress("127.0.0.1", 1), visit, 0, null);
        var told = new CompletableFuture<DialFailure>();
        loop.submit(() -> dialler.dial(target, new Failing() {
                            @Override
                            public void failed(DialFailure failure) {
                                told.complete(failure);
                            }
                        })
                        .cancel())
                .get(20, TimeUnit.SECONDS);
        // Whatever was to be told is told before this.
        loop.submit(() -> {}).get(20, TimeUnit.SECONDS);
        assertThat(told).isNotDone();
    }

    @Test
    void connectionsThatCanNotBeAcceptedAreSaidOnce() {
        try (var log = new LogCapture()) {
            var notices = new NoticeLog(LoggerFactory.getLogger(NettyTransport.class), () -> 0);
            Channel listening = new EmbeddedChannel(new AcceptFailures(notices));
            for (int i = 0; i < 3; i++) {
                listening.pipeline().fireExceptionCaught(new IOException("Too many open files"));
            }
            assertThat(log.lines()).containsExactly("connections can't be accepted: Too many open files");
        }
    }

    private abstract static class Failing implements DialOutcome {
        @Override
        public ChannelHandler established(Channel channel, Meeting meeting) {
            throw new AssertionError("connected");
        }
    }
}
