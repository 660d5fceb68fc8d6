package io.raftboot.transport.netty.wire;

import io.netty.channel.EventLoop;
import io.raftboot.transport.ErrorGuard;

/** An event loop that hands what its tasks throw to its {@link ErrorGuard}, and goes on until it is closed. */
public interface GuardedLoop extends EventLoop {
    ErrorGuard guard();

    /** Closes every channel, whatever became of it. On this loop, before its end. */
    void closeChannels();
}
