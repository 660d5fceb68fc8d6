package io.raftboot.transport.netty.handshake;

import com.google.protobuf.ByteString;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import io.raftboot.transport.ProcessIdentity;
import io.raftboot.transport.netty.TransportOptions;
import io.raftboot.transport.netty.tls.Securing;
import io.raftboot.transport.netty.tls.TlsText;
import io.raftboot.transport.netty.wire.ChannelActions;
import io.raftboot.transport.netty.wire.Checksums;
import io.raftboot.transport.netty.wire.FrameDecoder;
import io.raftboot.transport.netty.wire.Frames;
import io.raftboot.transport.netty.wire.LivenessMonitor;
import io.raftboot.transport.netty.wire.NoticeLog;
import io.raftboot.transport.netty.wire.TransportLoop;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Refusal;
import io.raftboot.transport.proto.RefusalReason;
import io.raftboot.transport.tls.TransportSecurity.Refused;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a stranger's introduction, checks it, and answers with this member's own or with a refusal. Nothing comes of it before
 * the stranger has confirmed, by repeating what this side has made up for this very connection: who only sends again what a
 * member said on an earlier one takes nobody's place and is heard by nobody.
 *
 * <pre>
 *   NEW --introduction--> ANSWERED --confirmation--> the connection's handler
 *    |                     ^
 *    +--> ASKING whether another connection lives, whose place this one may take only if it is dead
 * </pre>
 */
public final class AcceptingHandshake extends ChannelInboundHandlerAdapter {
    private enum Stage {
        NEW,
        /** A connection whose place this one would take is asked whether it lives. */
        ASKING,
        ANSWERED
    }

    private final Doorkeeper door;
    private final LivenessMonitor liveness;
    private final TransportOptions options;
    private final NoticeLog notices;
    private final Securing securing;
    private final ByteString challenge;

    /** As this process introduces itself. */
    private final ProcessIdentity me;

    private Stage stage = Stage.NEW;
    private Hello hello = Hello.getDefaultInstance();
    private @Nullable Meeting meeting;
    private @Nullable ScheduledFuture<?> timeout;
    private boolean counted;
    private boolean dropped;

    public AcceptingHandshake(
            Doorkeeper door,
            Introductions introductions,
            LivenessMonitor liveness,
            TransportOptions options,
            NoticeLog notices,
            Securing securing) {
        this.door = door;
        this.liveness = liveness;
        this.options = options;
        this.notices = notices;
        this.securing = securing;
        this.challenge = introductions.challenge();
        this.me = introductions.self();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!door.mayIntroduce(host(ctx))) {
            ChannelActions.close(ctx);
            return;
        }
        counted = true;
        timeout = ctx.executor()
                .schedule(
                        () -> {
                            securing.count(Refused.TOO_SLOW);
                            drop(ctx, "did not introduce itself in time");
                        },
                        options.handshakeTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (counted) {
            counted = false;
            door.introduced(host(ctx));
        }
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Frame frame = (Frame) message;
        switch (stage) {
            case NEW -> {
                if (frame.hasHello()) {
                    introduced(ctx, frame.getHello());
                } else {
                    drop(ctx, "did not introduce itself first");
                }
            }
            case ASKING -> drop(ctx, "did not wait for an answer");
            case ANSWERED -> confirmed(ctx, frame);
        }
    }

    private void introduced(ChannelHandlerContext ctx, Hello introduction) {
        if (!HelloFormat.isIntact(introduction)) {
            drop(ctx, "sent an introduction that was damaged on its way");
            return;
        }
        hello = introduction;
        Examination examination = door.examine(ctx.channel(), me, hello);
        if (examination instanceof Examination.Refused refused) {
            refuse(ctx, refused);
        } else if (examination instanceof Examination.Agreed agreed) {
            agreed(ctx, agreed.meeting());
        }
    }

    private void agreed(ChannelHandlerContext ctx, Meeting agreed) {
        FormerConnection former = door.toAskBefore(hello);
        if (former == null) {
            answer(ctx, agreed);
            return;
        }
        stage = Stage.ASKING;
        former.probe(alive -> {
            if (!ctx.channel().isActive()) {
                return;
            }
            if (alive) {
                refuse(ctx, Examination.refused(Introductions.replaced(hello.getNodeId())));
            } else {
                answer(ctx, agreed);
            }
        });
    }

    private void answer(ChannelHandlerContext ctx, Meeting agreed) {
        stage = Stage.ANSWERED;
        meeting = agreed;
        var own = ownHello(agreed.groups()).addAllGroupRefusals(agreed.refusals());
        ChannelActions.write(ctx, Frames.preface(ctx.alloc()));
        ChannelActions.writeAndFlush(
                ctx,
                Frames.encode(
                        ctx.alloc(),
                        Frame.newBuilder().setHello(HelloFormat.sealed(own)).build()));
        if (agreed.version() >= ProtocolVersions.CHECKSUMS) {
            Checksums.begin(ctx.pipeline());
        }
    }

    private Hello.Builder ownHello(List<ServedGroup> groups) {
        var said = groups.stream().map(each -> each.group().identity()).toList();
        return HelloFormat.hello(me, said, hello.getPurpose(), challenge).setAnswer(hello.getChallenge());
    }

    private void confirmed(ChannelHandlerContext ctx, Frame frame) {
        Meeting agreed =
                Objects.requireNonNull(meeting).without(frame.getConfirmation().getGroupRefusalsList());
        if (frame.hasRefusal()) {
            door.refusedBy(hello, frame.getRefusal());
            ChannelActions.close(ctx);
        } else if (!frame.hasConfirmation()
                || !frame.getConfirmation().getAnswer().equals(challenge)) {
            drop(
                    ctx,
                    "introduced itself as member " + hello.getNodeId()
                            + ", and did not confirm it: it repeats what that member said on another connection");
        } else if (Introductions.isUnsettled(me, agreed.remote())) {
            // A member closes here by itself, and comes back when it has learned, or taught, the id.
            drop(ctx, "as member " + hello.getNodeId() + " " + Introductions.unsettled(me, agreed.remote()));
        } else if (agreed.groups().isEmpty()) {
            drop(ctx, "as member " + hello.getNodeId() + " wants none of the groups that it came for");
        } else {
            // First the new handler, which knows what it is for, then what follows.
            ChannelHandler handler = door.accepted(ctx.channel(), agreed, hello);
            ctx.pipeline().get(FrameDecoder.class).accept(options.maxFrameBytes());
            ctx.pipeline().addLast(liveness.watchAccepted(hello.getPurpose()), handler);
            ctx.pipeline().remove(this);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent tls && !tls.isSuccess()) {
            failedInTls(ctx, tls.cause());
        }
    }

    private void failedInTls(ChannelHandlerContext ctx, Throwable failure) {
        if (dropped || TlsText.isLoss(failure)) {
            ChannelActions.close(ctx);
            return;
        }
        securing.count(failure instanceof NotSslRecordException ? Refused.PLAIN : Refused.HANDSHAKE);
        drop(ctx, TlsText.of(failure));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        TransportLoop.caught(ctx, cause);
        SSLException tls = TlsText.failureIn(cause);
        if (tls != null) {
            failedInTls(ctx, tls);
        } else if (cause instanceof DecoderException && cause.getCause() != null) {
            drop(ctx, String.valueOf(cause.getCause().getMessage()));
        } else {
            ChannelActions.close(ctx); // a broken connection of somebody unknown
        }
    }

    private void refuse(ChannelHandlerContext ctx, Examination.Refused refused) {
        Refusal refusal = refused.refusal();
        securing.count(refusal.getReason());
        notices.warnOnce("member " + hello.getNodeId(), "at " + host(ctx) + " was refused: " + refusal.getMessage());
        ChannelActions.write(ctx, Frames.preface(ctx.alloc()));
        Frame.Builder last = Frame.newBuilder().setRefusal(refusal);
        if (refusal.getReason() == RefusalReason.REFUSAL_REASON_MEMBER
                || refusal.getReason() == RefusalReason.REFUSAL_REASON_DIRECTORY) {
            // The two may refuse each other for the same thing: it shall know that this one is there, and what it says.
            last.setHello(HelloFormat.sealed(ownHello(refused.turnedAway())));
        }
        ChannelActions.writeLast(ctx.channel(), last.build());
    }

    /** Whoever does not even speak the protocol gets no answer. */
    private void drop(ChannelHandlerContext ctx, String what) {
        dropped = true;
        notices.warnOnce("connection from " + host(ctx), what + "; closed it");
        ChannelActions.close(ctx);
    }

    /** Without the port, which is another one at each attempt. */
    private static String host(ChannelHandlerContext ctx) {
        SocketAddress remote = ctx.channel().remoteAddress();
        return remote instanceof InetSocketAddress address ? address.getHostString() : String.valueOf(remote);
    }
}
