package io.raftboot.autoconfigure.jdbc;

import io.raftboot.api.StateMachineFailureException;
import io.raftboot.spring.ResultEncodingException;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One command, from where its transaction has begun to where its result may be written into it: either all it did is there, or
 * nothing, and its exception is the result on all members. Whatever is this member's trouble alone becomes a
 * {@link StateMachineFailureException}.
 */
final class CommandRun {
    private final CommandTransaction transaction;
    private final DatabaseAdapter adapter;
    private final long index;

    CommandRun(CommandTransaction transaction, long index) {
        this.transaction = transaction;
        this.adapter = transaction.adapter();
        this.index = index;
    }

    /**
     * Runs the command.
     *
     * @param command throws what is its result, or what tells that it could not be applied
     * @throws StateMachineFailureException if the transaction has to be given up
     * @throws Exception the command's result, if that is one
     */
    byte[] run(Callable<byte[]> command) throws Exception {
        begin();
        byte[] result;
        try {
            result = command.call();
        } catch (StateMachineFailureException e) {
            throw e;
        } catch (ResultEncodingException e) {
            // What it did stays; nobody can be told what came of it.
            finish();
            throw e;
        } catch (Exception e) {
            throw undone(e);
        }
        finish();
        return result;
    }

    private void begin() {
        try {
            Bookkeeping.on(transaction.connection()).begun(index);
            transaction.markStart();
        } catch (SQLException | RuntimeException e) {
            throw failed(e);
        }
    }

    /** @throws CommandTransactionException if the command did what was refused and caught the exception */
    private void finish() throws Exception {
        checkDatabase();
        try {
            transaction.throwIfRefused(null);
        } catch (CommandTransactionException e) {
            throw undone(e);
        }
        checkGoesOn();
        try {
            transaction.releaseStart();
        } catch (SQLException e) {
            if (adapter.isResult(e)) {
                throw undone(goneOn(e));
            }
            throw ended(e);
        }
    }

    /** A statement failed, the command went on all the same, and this database does not. */
    private static CommandTransactionException goneOn(SQLException cause) {
        var result = new CommandTransactionException(
                "a statement of the command failed, and the command caught that and ended as"
                        + " if all were well; but behind a failed statement this database takes no other: what the command did is rolled"
                        + " back. Let the exception through, or run what may fail behind a savepoint, as the propagation NESTED does");
        result.initCause(cause);
        return result;
    }

    private Exception undone(Exception thrown) {
        checkDatabase();
        if (!transaction.isRefused() && DatabaseFailures.isFailure(thrown, adapter::isResult)) {
            throw failed(thrown);
        }
        checkGoesOn();
        try {
            transaction.rollBackToStart();
        } catch (SQLException e) {
            throw ended(e);
        }
        transaction.throwIfRefused(thrown);
        return thrown;
    }

    /** Finds that the database failed, also if the command caught the exception. */
    private void checkDatabase() {
        SQLException failure = transaction.localFailure();
        if (failure != null && !adapter.isResult(failure)) {
            throw failed(failure);
        }
    }

    private void checkGoesOn() {
        try {
            if (!transaction.goesOn()) {
                throw ended(null);
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private StateMachineFailureException failed(Exception e) {
        return new StateMachineFailureException(
                "the database failed with the command at index " + index + ": " + e.getMessage(), e);
    }

    /** @param cause where the database says so, or fails with that question */
    private StateMachineFailureException ended(@Nullable SQLException cause) {
        return new StateMachineFailureException(
                "the command at index " + index
                        + " has ended its transaction, by a function that commits perhaps, and part"
                        + " of what it did may be committed without its result and index"
                        + (cause == null ? "" : ": " + cause.getMessage()),
                cause == null ? new IllegalStateException("another transaction has begun") : cause);
    }
}
