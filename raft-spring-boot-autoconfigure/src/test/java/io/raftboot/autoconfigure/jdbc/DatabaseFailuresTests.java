package io.raftboot.autoconfigure.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.autoconfigure.jdbc.database.H2Adapter;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.orm.jpa.JpaSystemException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.NestedTransactionNotSupportedException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.UnexpectedRollbackException;

class DatabaseFailuresTests {
    static Stream<Exception> results() {
        return Stream.of(
                new IllegalStateException("sold out"),
                new DuplicateKeyException("there already", new SQLException("duplicate", "23505")),
                new IllegalStateException("there already", new DuplicateKeyException("duplicate")),
                new EmptyResultDataAccessException(1),
                new InvalidDataAccessApiUsageException("no value for the parameter"),
                new SQLException("too long", "22001"),
                new UncategorizedSQLException("task", "sql", new SQLException("raised", "45000")),
                new SQLException("more than one row", "21000"),
                new SQLException("the view's check option", "44000"),
                new OptimisticLockingFailureException("stale"),
                new JpaSystemException(new IllegalStateException("ids must be assigned")),
                new UnexpectedRollbackException("rollback-only"),
                new IllegalTransactionStateException("never"),
                new NestedTransactionNotSupportedException("not by JPA"),
                new TransactionSystemException("validation", new IllegalArgumentException("must not be blank")),
                new CannotCreateTransactionException("begin", new ForbiddenStatementException("REQUIRES_NEW")),
                new CommandTransactionException("commit"));
    }

    @ParameterizedTest
    @MethodSource("results")
    void whatEveryMemberComesToIsAResult(Exception thrown) {
        assertThat(DatabaseFailures.isFailure(thrown)).isFalse();
    }

    static Stream<Exception> failures() {
        return Stream.of(
                new DataAccessResourceFailureException("unreachable"),
                new CannotAcquireLockException("timed out", new SQLException("lock", "HYT00")),
                new BadSqlGrammarException("task", "sql", new SQLException("no table", "42S02")),
                new IllegalStateException("wrapped", new DataAccessResourceFailureException("unreachable")),
                new CannotCreateTransactionException("no connection"),
                new SQLException("closed", "90121"),
                new SQLException("without a state"),
                new UncategorizedSQLException("task", "sql", new SQLException("disk full", "90028")),
                new JpaSystemException(new IllegalStateException(new SQLException("closed", "08003"))),
                new TransactionSystemException("commit", new SQLException("unreachable", "08006")),
                new TransactionTimedOutException("too late"),
                new QueryTimeoutException("too late"));
    }

    @Test
    void databaseMayKnowMoreOfItsResults() {
        var missing = new SQLException("a parameter is not set", "90012", 90012);
        assertThat(DatabaseFailures.isFailure(missing)).isTrue();
        assertThat(DatabaseFailures.isFailure(new IllegalStateException(missing), new H2Adapter()::isResult))
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatThisMembersDatabaseFailedInIsNone(Exception thrown) {
        assertThat(DatabaseFailures.isFailure(thrown)).isTrue();
    }
}
