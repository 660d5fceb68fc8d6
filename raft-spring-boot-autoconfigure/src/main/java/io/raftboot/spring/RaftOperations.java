package io.raftboot.spring;

import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The explicit way to a state machine: commands and queries as bytes, or by the name of an annotated bean's method;
 * with a future, or waiting; with options for one call. Any member takes them. Callers come on any thread, but no state machine
 * that applies or answers may call, and nothing may wait on a thread that completes futures: an {@link IllegalStateException} is
 * thrown at once.
 *
 * <p>A future completes on a thread of the replica's, which waits for nobody: give what takes time, or calls and waits, to an
 * executor ({@code thenApplyAsync}).
 *
 * <p>{@link RaftTemplate} is what an application has; others are for tests, and for what puts something of its own around the calls.
 */
public interface RaftOperations {
    /** As {@link #submit(String, byte[], RaftCallOptions)}, without options. */
    CompletableFuture<Outcome> submit(String machine, byte[] command);

    /**
     * Replicates a command.
     *
     * @param machine name of the state machine
     * @param command not changed by the caller afterwards
     * @return never completes exceptionally
     */
    CompletableFuture<Outcome> submit(String machine, byte[] command, RaftCallOptions options);

    /** As {@link #query(String, byte[], RaftCallOptions)}, without options. */
    CompletableFuture<ReadOutcome> query(String machine, byte[] query);

    /**
     * Answers a query on this member, linearizable unless the options say otherwise.
     *
     * @param machine name of the state machine
     * @param query not changed by the caller afterwards
     * @return never completes exceptionally
     */
    CompletableFuture<ReadOutcome> query(String machine, byte[] query, RaftCallOptions options);

    /**
     * Replicates a command and waits for its result.
     *
     * @throws RaftRefusedException if it was certainly not applied
     * @throws RaftOutcomeUnknownException if it may have been applied
     * @throws RaftCommandException if it was applied, and its failure is its result
     */
    byte[] submitAndWait(String machine, byte[] command, RaftCallOptions options);

    /**
     * Asks a query and waits for its answer.
     *
     * @throws RaftRefusedException if it was not answered
     * @throws RaftQueryException if the query failed
     */
    byte[] queryAndWait(String machine, byte[] query, RaftCallOptions options);

    /**
     * Replicates a command of an annotated state machine by its name, in its newest version.
     *
     * @param arguments by the name of the parameter; what is missing is null
     * @param resultType what the command returns
     * @return never completes exceptionally, unless {@code resultType} is not what the command returns
     * @throws IllegalArgumentException if there is no such command, or the arguments do not bind; nothing is proposed
     */
    <T> CompletableFuture<RaftResult<T>> submit(
            String machine, String command, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options);

    /**
     * Asks a query of an annotated state machine by its name, with the consistency that the query declares unless the
     * options say otherwise.
     *
     * @param arguments by the name of the parameter; what is missing is null
     * @param resultType what the query returns
     * @return completes exceptionally with a {@link RaftCallException}
     * @throws IllegalArgumentException if there is no such query, or the arguments do not bind
     */
    <T> CompletableFuture<@Nullable T> query(
            String machine, String query, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options);

    /**
     * Replicates a command by its name and waits for its result.
     *
     * @throws RaftCallException as {@link RaftResult#get} does
     */
    <T> @Nullable T submitAndWait(
            String machine, String command, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options);

    /**
     * Asks a query by its name and waits for its answer.
     *
     * @throws RaftCallException if there is no answer
     */
    <T> @Nullable T queryAndWait(
            String machine, String query, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options);
}
