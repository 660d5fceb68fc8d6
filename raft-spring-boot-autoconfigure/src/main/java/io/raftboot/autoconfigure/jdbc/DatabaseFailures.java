package io.raftboot.autoconfigure.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.dao.TypeMismatchDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.HeuristicCompletionException;
import org.springframework.transaction.NestedTransactionNotSupportedException;
import org.springframework.transaction.TransactionSuspensionNotSupportedException;
import org.springframework.transaction.TransactionTimedOutException;

/**
 * Tells an exception that is a command's result, because the same state and command lead to it on every member, from one that
 * says that this member's database failed. What the database itself said decides, wherever it is in the chain of causes; what
 * Spring or JPA say of their own accord is a result, unless it is about connections, locks and clocks.
 */
final class DatabaseFailures {
    /** Data exception, integrity constraint and check option violation, raised by the application (SQL:2016, 24.1). */
    private static final Set<String> RESULT_CLASSES = Set.of("22", "23", "44", "45");

    /** Cardinality violation: a subquery has more than one row. The rest of its class is about what a statement says. */
    private static final Set<String> RESULT_STATES = Set.of("21000");

    /** Connection exception, rollback by the database, and PostgreSQL's: resources, operator, system. */
    private static final Set<String> LOCAL_CLASSES = Set.of("08", "40", "53", "57", "58");

    private static final int CLASS_CHARACTERS = 2;

    private DatabaseFailures() {}

    /** As {@link #isFailure(Throwable, Predicate)}, of a database that is not known further. */
    static boolean isFailure(Throwable thrown) {
        return isFailure(thrown, any -> false);
    }

    /**
     * Whatever it was wrapped in: who catches a failure of the database can't make a result of it.
     *
     * @param resultOfDatabase as {@link DatabaseAdapter#isResult}
     */
    static boolean isFailure(Throwable thrown, Predicate<SQLException> resultOfDatabase) {
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ForbiddenStatementException
                    || cause instanceof CommandTransactionException
                    || isAlwaysResult(cause)) {
                return false;
            }
            if (cause instanceof SQLException sql) {
                return !isResult(sql, resultOfDatabase);
            }
            if (isOfThisMember(cause)) {
                SQLException sql = in(cause);
                return sql == null || !isResult(sql, resultOfDatabase);
            }
        }
        return false;
    }

    /** Whether it says, of all failures, that this member's connection or database is not as it should be just now. */
    static boolean isLocal(SQLException thrown) {
        return thrown instanceof SQLNonTransientConnectionException
                || thrown instanceof SQLRecoverableException
                || thrown instanceof SQLTimeoutException
                || thrown instanceof SQLTransientException
                || LOCAL_CLASSES.contains(stateClass(thrown));
    }

    private static boolean isAlwaysResult(Throwable cause) {
        return cause instanceof DataIntegrityViolationException
                || cause instanceof DataRetrievalFailureException
                || cause instanceof InvalidDataAccessApiUsageException
                || cause instanceof TypeMismatchDataAccessException;
    }

    private static boolean isResult(SQLException sql, Predicate<SQLException> resultOfDatabase) {
        String state = sql.getSQLState();
        return sql instanceof ForbiddenStatementException
                || RESULT_CLASSES.contains(stateClass(sql))
                || (state != null && RESULT_STATES.contains(state))
                || resultOfDatabase.test(sql);
    }

    private static boolean isOfThisMember(Throwable cause) {
        if (cause instanceof DataAccessException) {
            return cause instanceof NonTransientDataAccessResourceException
                    || cause instanceof TransientDataAccessResourceException
                    || cause instanceof RecoverableDataAccessException
                    || cause instanceof PessimisticLockingFailureException
                    || cause instanceof QueryTimeoutException;
        }
        return cause instanceof TransactionTimedOutException
                || cause instanceof HeuristicCompletionException
                || (cause instanceof CannotCreateTransactionException
                        && !(cause instanceof NestedTransactionNotSupportedException)
                        && !(cause instanceof TransactionSuspensionNotSupportedException));
    }

    private static @Nullable SQLException in(Throwable thrown) {
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    private static String stateClass(SQLException sql) {
        String state = sql.getSQLState();
        return state != null && state.length() > CLASS_CHARACTERS ? state.substring(0, CLASS_CHARACTERS) : "";
    }
}
