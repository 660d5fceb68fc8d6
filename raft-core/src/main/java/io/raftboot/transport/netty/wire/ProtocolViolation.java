package io.raftboot.transport.netty.wire;

import java.io.IOException;

/** What arrived is not what a member sends. The connection is closed; nothing else changes. */
public final class ProtocolViolation extends IOException {
    private static final long serialVersionUID = 1L;

    public ProtocolViolation(String message) {
        super(message);
    }

    public ProtocolViolation(String message, Throwable cause) {
        super(message, cause);
    }
}
