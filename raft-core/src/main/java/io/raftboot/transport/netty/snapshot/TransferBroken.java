package io.raftboot.transport.netty.snapshot;

import java.io.IOException;

/** A snapshot's transfer broke off for a reason that another attempt may not meet. */
final class TransferBroken extends IOException {
    private static final long serialVersionUID = 1L;

    TransferBroken(String message) {
        super(message);
    }
}
