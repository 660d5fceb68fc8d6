package io.raftboot.transport.netty.handshake;

import com.google.protobuf.ByteString;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
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
import io.raftboot.transport.netty.wire.TransportLoop;
import io.raftboot.transport.proto.Confirmation;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.GroupRefusal;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Refusal;
import io.raftboot.transport.proto.RefusalReason;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Introduces this member to the one it dialled, checks who answers, confirms, and gives way to the connection's handler. The
 * answer must repeat what was made up for this connection, or it was recorded on another one.
 */
final class DiallingHandshake extends ChannelInboundHandlerAdapter {
    private final Introductions introductions;
    private final LivenessMonitor liveness;
    private final TransportOptions options;
    private final Dialler.Target target;
    private final DialOutcome outcome;
    private final ProcessIdentity me;
    private final ByteString challenge;
    private @Nullable ScheduledFuture<?> timeout;

    /** The other side is behind TLS, if there is any, and has said something. */
    private boolean heard;

    private final Securing securing;

    DiallingHandshake(
            Introductions introductions,
            LivenessMonitor liveness,
            TransportOptions options,
            Dialler.Target target,
            DialOutcome outcome,
            Securing securing) {
        this.introductions = introductions;
        this.liveness = liveness;
        this.options = options;
        this.target = target;
        this.outcome = outcome;
        this.securing = securing;
        this.me = introductions.self();
        this.challenge = introductions.challenge();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        awaitAnswer(ctx);
        if (!Securing.isSecured(ctx.channel())) {
            introduce(ctx);
        }
    }

    /** Nothing is said before it is certain to whom. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent tls)) {
            return;
        }
        if (!tls.isSuccess()) {
            failedInTls(ctx, tls.cause());
            return;
        }
        String objection = securing.objection(
                ctx.channel(), target.peerId(), List.of(target.address().host()));
        if (objection == null) {
            introduce(ctx);
        } else {
            securing.givenUp();
            fail(ctx, DialFailure.Kind.NOT_ACCEPTED, "was given up by this side: " + objection);
        }
    }

    private void failedInTls(ChannelHandlerContext ctx, Throwable failure) {
        boolean lost = TlsText.isLoss(failure);
        fail(
                ctx,
                lost
                        ? DialFailure.broken()
                        : new DialFailure(
                                DialFailure.Kind.NOT_ACCEPTED, "failed: the other side " + TlsText.of(failure)));
    }

    /** Whether whatever ended this may have been for want of TLS on the other side, or of what it rests on. */
    boolean mayLackTls() {
        return !heard;
    }

    private void introduce(ChannelHandlerContext ctx) {
        var visit = target.visit();
        var groups = visit.groups().stream().map(OpenGroup::identity).toList();
        Hello.Builder hello = HelloFormat.hello(me, groups, visit.purpose(), challenge)
                .setReplaced(visit.replaced())
                .setTicket(visit.ticket());
        ChannelActions.write(ctx, Frames.preface(ctx.alloc()));
        send(ctx, Frame.newBuilder().setHello(HelloFormat.sealed(hello)));
    }

    private void awaitAnswer(ChannelHandlerContext ctx) {
        long nanos = options.handshakeTimeout().toNanos();
        timeout = ctx.executor()
                .schedule(
                        () -> fail(
                                ctx,
                                DialFailure.Kind.OTHER,
                                "got no answer to the introduction in time; is it a member that listens there, and does a firewall let"
                                        + " answers through?"),
                        nanos,
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Frame frame = (Frame) message;
        heard = !frame.hasRefusal() || frame.getRefusal().getReason() != RefusalReason.REFUSAL_REASON_CERTIFICATE;
        if (frame.hasHello() && !HelloFormat.isIntact(frame.getHello())) {
            fail(ctx, DialFailure.Kind.OTHER, "got an introduction that was damaged on its way");
        } else if (frame.hasRefusal()) {
            Refusal refusal = frame.getRefusal();
            if (frame.hasHello()) {
                noteIfTurnedAway(frame.getHello(), introductions.examine(me, frame.getHello(), target));
                noteIfOtherDirectory(frame.getHello(), refusal);
            }
            // Of a second attempt while the first one still hangs in there; or of a member that is busy.
            boolean passing = refusal.getReason() == RefusalReason.REFUSAL_REASON_OVERLOADED;
            fail(
                    ctx,
                    passing ? DialFailure.Kind.OTHER : DialFailure.Kind.NOT_ACCEPTED,
                    "was refused by the other side: " + refusal.getMessage());
        } else if (frame.hasHello()) {
            answered(ctx, frame.getHello());
        } else {
            fail(ctx, DialFailure.Kind.NOT_ACCEPTED, "got another answer than an introduction");
        }
    }

    private void answered(ChannelHandlerContext ctx, Hello hello) {
        Examination examination = introductions.examine(me, hello, target);
        noteIfTurnedAway(hello, examination);
        if (ProtocolVersions.OURS.common(ProtocolVersions.of(hello)) >= ProtocolVersions.CHECKSUMS) {
            Checksums.begin(ctx.pipeline());
        }
        if (examination instanceof Examination.Refused refused) {
            Frame last = Frame.newBuilder().setRefusal(refused.refusal()).build();
            ChannelActions.writeLast(ctx.channel(), last);
            fail(
                    ctx,
                    DialFailure.Kind.NOT_ACCEPTED,
                    "was given up by this side: " + refused.refusal().getMessage());
        } else if (examination instanceof Examination.Agreed agreed) {
            agreed(ctx, hello, agreed);
        }
    }

    private void agreed(ChannelHandlerContext ctx, Hello hello, Examination.Agreed agreed) {
        var meeting = agreed.meeting();
        if (!hello.getAnswer().equals(challenge)) {
            fail(
                    ctx,
                    DialFailure.Kind.NOT_ACCEPTED,
                    "was given up by this side: the answer was made for another connection. Somebody on the way"
                            + " repeats what members said before");
            return;
        }
        if (Introductions.isUnsettled(me, meeting.remote())) {
            outcome.unsettled(meeting.groups());
            fail(ctx, DialFailure.Kind.UNSETTLED, Introductions.unsettled(me, meeting.remote()));
            return;
        }
        cancelTimeout();
        securing.established(ctx.channel(), meeting.peerId());
        var confirmation = Confirmation.newBuilder().setAnswer(hello.getChallenge());
        meeting.refusals().stream()
                .filter(refusal -> agreed.turnedAway().stream()
                        .anyMatch(each -> each.group().name().equals(refusal.getName())))
                .forEach(confirmation::addGroupRefusals);
        send(ctx, Frame.newBuilder().setConfirmation(confirmation));
        ctx.pipeline().get(FrameDecoder.class).accept(options.maxFrameBytes());
        ctx.pipeline().addLast(liveness.watchDialled(target.visit().purpose()));
        ctx.pipeline().addLast(outcome.established(ctx.channel(), meeting));
        ctx.pipeline().remove(this);
        sayWhatIsNotServed(hello, meeting);
    }

    private void sayWhatIsNotServed(Hello hello, Meeting meeting) {
        for (var group : target.visit().groups()) {
            if (meeting.groups().stream().noneMatch(served -> served.group().equals(group))) {
                var refusal = hello.getGroupRefusalsList().stream()
                        .filter(each -> each.getName().equals(group.name()))
                        .findFirst();
                outcome.notServed(
                        group,
                        refusal.map(GroupRefusal::getMessage)
                                .orElse("member " + meeting.peerId() + " does not serve group " + group.name()));
                if (refusal.filter(GroupRefusal::getOtherDirectory).isPresent()) {
                    outcome.otherDirectoryKnown(List.of(group));
                }
            }
        }
    }

    /** Whoever repeats what it heard on another connection is not believed. */
    private void noteIfOtherDirectory(Hello hello, Refusal refusal) {
        if (refusal.getReason() == RefusalReason.REFUSAL_REASON_DIRECTORY
                && hello.getAnswer().equals(challenge)) {
            outcome.otherDirectoryKnown(target.visit().groups());
        }
    }

    /** Whichever of the two was quicker to refuse the other. */
    private void noteIfTurnedAway(Hello hello, Examination byThisSide) {
        if (!byThisSide.turnedAway().isEmpty() && hello.getAnswer().equals(challenge)) {
            outcome.turnedAway(byThisSide.turnedAway());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(ctx, DialFailure.broken());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        TransportLoop.caught(ctx, cause);
        SSLException tls = TlsText.failureIn(cause);
        if (tls != null) {
            failedInTls(ctx, tls);
        } else if (cause instanceof DecoderException && cause.getCause() != null) {
            fail(
                    ctx,
                    DialFailure.Kind.NOT_ACCEPTED,
                    "failed: the other side " + cause.getCause().getMessage());
        } else {
            fail(ctx, DialFailure.broken());
        }
    }

    private static void send(ChannelHandlerContext ctx, Frame.Builder frame) {
        ChannelActions.writeAndFlush(ctx, Frames.encode(ctx.alloc(), frame.build()));
    }

    private void fail(ChannelHandlerContext ctx, DialFailure.Kind kind, String text) {
        fail(ctx, new DialFailure(kind, text));
    }

    /** The first failure counts: those that follow come from closing the channel. */
    private void fail(ChannelHandlerContext ctx, DialFailure failure) {
        cancelTimeout();
        outcome.failed(failure);
        ChannelActions.close(ctx);
    }

    private void cancelTimeout() {
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
    }
}
