package io.raftboot.transport.netty.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.raftboot.transport.netty.wire.NoticeLog;
import io.raftboot.transport.proto.RefusalReason;
import io.raftboot.transport.tls.TransportSecurity;
import io.raftboot.transport.tls.TransportSecurity.Mode;
import io.raftboot.transport.tls.TransportSecurity.Refused;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * TLS on the connections of one transport, whatever they are for: each is made ready here before anything else goes onto it, and says
 * here who is at its other end. Where no TLS is wanted nothing goes onto it. Event loop only.
 */
public final class Securing {
    /** Changes of the certificates that there had been when a connection began. */
    private static final AttributeKey<Long> SEEN = AttributeKey.valueOf(Securing.class, "seen");

    /** To say farewell to one that takes nothing more. */
    private static final int FAREWELL_MILLIS = 100;

    private final @Nullable TransportSecurity security;
    private final Executor tasks;
    private final EventLoop eventLoop;
    private final NoticeLog notices;
    private final Recycling recycling;
    private final Map<Channel, Long> plain = new LinkedHashMap<>();
    private final Runnable onChange = this::changed;
    private Runnable afterChange = () -> {};
    private final RefusedConnections refused = new RefusedConnections();

    /**
     * @param security null for none
     * @param threads has a thread for each task that it is given
     */
    public Securing(@Nullable TransportSecurity security, Executor threads, EventLoop eventLoop, NoticeLog notices) {
        this.security = security;
        this.tasks = new OneThread(threads);
        this.eventLoop = eventLoop;
        this.notices = notices;
        this.recycling = new Recycling(eventLoop, notices, this::recycled);
    }

    /** Any thread: looks after changes of the certificates from now on, and tells of each, on the event loop. */
    public void start(Runnable changeListener) {
        afterChange = changeListener;
        if (security != null) {
            security.onChange(onChange);
        }
    }

    /** Any thread. */
    public void close() {
        if (security != null) {
            security.forget(onChange);
        }
    }

    private void changed() {
        try {
            eventLoop.execute(() -> {
                recycling.changed();
                afterChange.run();
            });
        } catch (RejectedExecutionException e) {
            // The transport is closed: what is begun later begins with the new ones.
            close();
        }
    }

    /** Whether members are dialled by TLS. */
    public boolean isOn() {
        return security != null;
    }

    /** Whether all that is said and heard is protected. */
    public boolean isRequired() {
        return security != null && security.mode() == Mode.REQUIRED;
    }

    /** Makes a connection ready that this side opens. */
    public void dialling(ChannelPipeline pipeline) {
        TransportSecurity present = security;
        if (present != null) {
            // Who is dialled is no stranger that comes: what ends there is no connection of others that was refused.
            pipeline.addLast(
                    new ByteLimit(() -> present.count(Refused.TOO_LONG)),
                    handler(pipeline, present.material().dialling()));
        }
    }

    /** Makes a connection ready that the other side has opened. */
    public void accepting(ChannelPipeline pipeline) {
        TransportSecurity present = security;
        if (present == null) {
            return;
        }
        pipeline.addLast(new ByteLimit(() -> count(Refused.TOO_LONG)));
        if (present.mode() == Mode.REQUIRED) {
            pipeline.addLast(handler(pipeline, present.material().accepting()));
        } else {
            pipeline.addLast(
                    new TlsOrPlain(() -> handler(pipeline, present.material().accepting())));
        }
    }

    private SslHandler handler(ChannelPipeline pipeline, SSLEngine engine) {
        pipeline.channel().attr(SEEN).set(recycling.changes());
        SslHandler handler = new SslHandler(engine, tasks);
        // The introductions have a time-out that begins before TLS does.
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(FAREWELL_MILLIS);
        return handler;
    }

    /** Whether a connection speaks TLS, or is about to. */
    public static boolean isSecured(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /**
     * Why the other side is not the member that it says, or that was meant; null if it is, or if nothing is asked of it.
     *
     * @param hosts where that member is reached, as this one knows
     */
    public @Nullable String objection(Channel channel, long nodeId, Collection<String> hosts) {
        TransportSecurity present = security;
        if (present == null || (present.mode() == Mode.PERMISSIVE && !isSecured(channel))) {
            return null;
        }
        X509Certificate certificate = certificate(channel);
        return certificate == null
                ? "member " + nodeId + " shows no certificate"
                : present.objection(certificate, nodeId, hosts);
    }

    private static @Nullable X509Certificate certificate(Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            return null;
        }
        try {
            Certificate[] chain = handler.engine().getSession().getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate leaf ? leaf : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    /** Both sides have introduced themselves. */
    public void established(Channel channel, long peerId) {
        if (security == null) {
            return;
        }
        ByteLimit limit = channel.pipeline().get(ByteLimit.class);
        if (limit != null) {
            channel.pipeline().remove(limit);
        }
        Long seen = channel.attr(SEEN).get();
        if (isSecured(channel) && seen != null) {
            recycling.established(channel, seen);
        } else {
            plain.put(channel, peerId);
            channel.closeFuture().addListener(closed -> {
                plain.remove(channel);
                tellPlain();
            });
            tellPlain();
        }
    }

    private void recycled() {
        if (security != null) {
            security.countRecycled();
        }
    }

    private void tellPlain() {
        if (security != null) {
            security.plainPeers(new TreeSet<>(plain.values()));
        }
    }

    /** A member was refused, which is told why. */
    public void count(RefusalReason reason) {
        if (reason == RefusalReason.REFUSAL_REASON_CERTIFICATE) {
            count(Refused.IDENTITY);
        } else {
            refused.count(reason);
        }
    }

    /** A connection that this side had opened was given up, as the other one is not the member that was meant. */
    public void givenUp() {
        if (security != null) {
            security.count(Refused.IDENTITY);
        }
    }

    /** Any thread: the connections that were refused. */
    public RefusedConnections refused() {
        return refused;
    }

    /** A connection that the other side had opened was refused. */
    public void count(Refused kind) {
        refused.count(kind);
        if (security != null) {
            security.count(kind);
        }
    }

    /**
     * Whether a member is to be dialled without TLS, after it came to nothing.
     *
     * @param where whom and where, as in "connecting to member 2 at host:port"
     * @param failure what it came to
     */
    public boolean fallsBack(String where, String failure) {
        if (security == null || security.mode() == Mode.REQUIRED) {
            return false;
        }
        notices.warnOnce(
                where,
                "by TLS " + failure
                        + "; trying without, as raft.transport.ssl.mode=permissive allows. With required it would not be"
                        + " reached");
        return true;
    }
}
