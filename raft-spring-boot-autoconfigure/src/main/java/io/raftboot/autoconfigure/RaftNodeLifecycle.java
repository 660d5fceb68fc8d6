package io.raftboot.autoconfigure;

import io.raftboot.api.ReplicaListener;
import io.raftboot.notice.LogLabels;
import io.raftboot.replica.Replica;
import io.raftboot.replica.config.StorageKind;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the member before the web server, so that no request meets a member that is not there, and stops it after,
 * so that requests in flight still end. In between the process lives, whether or not the application has a web server, and also
 * where the member has failed: what becomes of the process then is for {@code raft.on-failure} to say.
 */
public final class RaftNodeLifecycle implements SmartLifecycle, DisposableBean {
    /** Phase below those of the web server ({@code DEFAULT_PHASE - 2048}) and its graceful shutdown ({@code DEFAULT_PHASE - 1024}). */
    public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

    private static final Logger log = LoggerFactory.getLogger(RaftNodeLifecycle.class);

    private final Replica replica;
    private final RaftProperties properties;
    private final boolean provesWhoItIs;
    private final KeepAlive keepAlive = new KeepAlive();
    private volatile boolean running;
    private volatile @Nullable Thread starter;

    /** @param provesWhoItIs whether nobody is a member who does not prove to be it */
    RaftNodeLifecycle(
            Replica replica, RaftProperties properties, boolean provesWhoItIs, Stream<ReplicaListener> listeners) {
        this.replica = replica;
        this.properties = properties;
        this.provesWhoItIs = provesWhoItIs;
        listeners.forEach(replica::addListener);
    }

    /** @throws io.raftboot.replica.ReplicaStartException if the member can't start; nothing is left open */
    @Override
    public void start() {
        new LogLabels(replica.config().nodeId(), replica.config().group()).around(this::warn);
        replica.start();
        starter = Thread.currentThread();
        keepAlive.begin();
        running = true;
    }

    private void warn() {
        if (properties.storage() == StorageKind.MEMORY) {
            log.warn("raft.storage=memory: this member forgets its log and its votes when its process ends");
        }
        if (properties.membership().acceptJoins() && !provesWhoItIs) {
            log.warn(
                    "raft.membership.accept-joins=true, and members do not prove who they are: whatever process reaches the port of"
                            + " a member of '{}' is added to it, and gets all of its state; set raft.transport.ssl.bundle, with"
                            + " raft.transport.ssl.mode=required",
                    properties.clusterName());
        }
    }

    @Override
    public void stop() {
        running = false;
        try {
            replica.stop();
        } finally {
            keepAlive.end();
        }
    }

    /**
     * The application that is being started has failed in a child context. On the thread that started the member as well, this is the
     * end of its {@code main}, and the process goes on only if something else wants it to.
     */
    void childFailed() {
        if (Thread.currentThread() == starter) {
            keepAlive.end();
        }
    }

    /** A context whose start fails, in a later phase, may be given up without that what has started is stopped. */
    @Override
    public void destroy() {
        keepAlive.end();
    }

    /** Whether it was started and not stopped since; stays true when the member stops by itself. */
    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
