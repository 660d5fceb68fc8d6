package io.raftboot.raft;

import com.google.protobuf.ByteString;

/**
 * The answer to a {@code readIndex}: once the state machine has applied all entries up to {@code index}, what it then
 * holds is at least as new as anything that was committed when the read was asked for (dissertation section 6.4).
 *
 * @param index the index to wait for
 * @param requestContext the context the read was asked with
 */
public record ReadState(long index, ByteString requestContext) {}
