package io.raftboot.autoconfigure.jdbc;

import java.sql.SQLNonTransientException;

/** What a command is told when it calls of its connection what would end its transaction; nothing was done. */
final class ForbiddenStatementException extends SQLNonTransientException {
    private static final long serialVersionUID = 1L;

    /** Invalid transaction state (SQL:2016, 24.1). */
    private static final String STATE = "25000";

    ForbiddenStatementException(String message) {
        super(message, STATE);
    }
}
