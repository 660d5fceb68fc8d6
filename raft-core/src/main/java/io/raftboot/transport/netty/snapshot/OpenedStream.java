package io.raftboot.transport.netty.snapshot;

import io.raftboot.transport.netty.handshake.ServedGroup;
import io.raftboot.transport.proto.Frame;
import java.util.function.Consumer;

/**
 * The stream that a member opened which can't be dialled from here.
 *
 * @param served the group whose snapshot is for it
 * @param say sends it a frame; event loop only
 */
public record OpenedStream(ServedGroup served, Consumer<Frame> say) {}
