package io.raftboot.autoconfigure.jdbc;

/**
 * A command of a state machine in a database did what can't be part of the one transaction that it runs in: it tried to end
 * that transaction, ran a statement behind which the database commits by itself, or asked for a transaction of its own. What the
 * command did is rolled back, also where it caught the exception, and this is its result on every member. The message says what
 * to write instead.
 */
public final class CommandTransactionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what it tried, and what to write instead */
    public CommandTransactionException(String message) {
        super(message);
    }
}
