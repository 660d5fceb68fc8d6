package io.raftboot.transport.netty.snapshot;

import io.raftboot.agent.AgentHost;
import io.raftboot.transport.ErrorGuard;
import io.raftboot.transport.netty.TransportOptions;
import io.raftboot.transport.netty.handshake.Dialler;
import io.raftboot.transport.netty.handshake.OpenGroup;
import io.raftboot.transport.netty.wire.NoticeLog;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The transport as the transfers of snapshots see it. Any thread, but where something else is said. */
public interface TransferHost {
    TransportOptions options();

    /** What the process runs on: its time, and how a thread of it waits. */
    AgentHost process();

    long selfId();

    boolean closed();

    ErrorGuard guard();

    NoticeLog notices();

    void onEventLoop(Runnable task);

    /**
     * Runs what blocks, for the sake of a snapshot's file.
     *
     * @throws RejectedExecutionException if the transport is closed, or there is no thread to be had
     */
    void onFilesThread(Runnable task);

    /** Waits, but not beyond the close. */
    void pause(long nanos) throws InterruptedException;

    /** Event loop. */
    Dialler dialler();

    /** The stream of a member that can't be dialled, and is connected all the same; null if there is none. Event loop. */
    @Nullable
    OpenedStream openedByUnreachable(OpenGroup group, long peerId);
}
