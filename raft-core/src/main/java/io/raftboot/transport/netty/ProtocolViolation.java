package io.raftboot.transport.netty;

import java.io.IOException;

/** What arrived is not what a member sends. The connection is closed; nothing else changes. */
final class ProtocolViolation extends IOException {
    private static final long serialVersionUID = 1L;

    ProtocolViolation(String message) {
        super(message);
    }

    ProtocolViolation(String message, Throwable cause) {
        super(message, cause);
    }
}
