package io.raftboot.demo.ledger;

/** A command that the ledger's rules forbid. It has changed nothing, and is the same on all members. */
final class LedgerException extends Exception {
    private static final long serialVersionUID = 1L;

    LedgerException(String message) {
        super(message);
    }
}
