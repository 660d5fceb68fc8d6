package io.raftboot.autoconfigure.jdbc;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.TypeMismatchDataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Tells an exception that is a command's result, because the same state and command lead to it on every member, from one that
 * says that this member's database failed.
 */
final class DatabaseFailures {
    /** Data exception, integrity constraint violation, raised by the application (SQL:2016, 24.1). */
    private static final Set<String> RESULT_CLASSES = Set.of("22", "23", "45");

    private static final int CLASS_CHARACTERS = 2;

    private DatabaseFailures() {}

    /** Whatever it was wrapped in: who catches a failure of the database can't make a result of it. */
    static boolean isFailure(Throwable thrown) {
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (isResult(cause)) {
                return false;
            }
            if (cause instanceof DataAccessException access && access.getRootCause() instanceof SQLException sql) {
                return !isResult(sql);
            }
            if (cause instanceof DataAccessException
                    || cause instanceof TransactionException
                    || cause instanceof SQLException) {
                return true;
            }
        }
        return false;
    }

    private static boolean isResult(Throwable cause) {
        if (cause instanceof SQLException sql) {
            String state = sql.getSQLState();
            return state != null
                    && state.length() > CLASS_CHARACTERS
                    && RESULT_CLASSES.contains(state.substring(0, CLASS_CHARACTERS));
        }
        return cause instanceof DataIntegrityViolationException
                || cause instanceof DataRetrievalFailureException
                || cause instanceof InvalidDataAccessApiUsageException
                || cause instanceof TypeMismatchDataAccessException;
    }
}
