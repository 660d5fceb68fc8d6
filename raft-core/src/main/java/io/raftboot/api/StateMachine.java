package io.raftboot.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A replicated state machine: bytes in, bytes out. Every member applies the same commands in the same order, so what
 * {@link #apply} does may depend on the state, the command and the {@link CommandContext} alone: no clock, no random
 * source of its own, no other machine's answer, no iteration order that differs between processes.
 *
 * <p>The state is in memory, and brought up at each start from the newest snapshot and the log behind it; one that lives on
 * while the member is stopped and started again goes on where it is. {@link DurableStateMachine} keeps it elsewhere.
 *
 * <p><b>Threads.</b> All methods are called on the replica's apply stage, one at a time, except that {@link #query}
 * comes on any thread and side by side with {@code apply} if {@link #readsConcurrently()} says so, and that a
 * {@link SnapshotWriter} is written, and a snapshot is {@linkplain #verify verified}, on a thread of its own.
 *
 * <p><b>Failures.</b> An exception that {@code apply} throws is the command's result: its class and message are the
 * same on all members, and the member goes on. It must leave the state as if it had been a command that only failed,
 * alike on all members. {@link StateMachineFailureException} and any {@link Error} are not results: they say that this
 * member could not apply (database unreachable, disk full), and stop it without advancing.
 */
public interface StateMachine {
    /**
     * Applies one committed command.
     *
     * @param context where in the log the command stands, and the agreed time
     * @param command as it was submitted; owned by the machine from here on
     * @return the result; owned by the replica from here on
     * @throws Exception the command's own failure, which is its result on every member alike
     */
    byte[] apply(CommandContext context, byte[] command) throws Exception;

    /**
     * Answers a question without changing the state.
     *
     * @param query as it was asked; owned by the machine from here on
     * @return the answer; owned by the replica from here on
     * @throws Exception told to the caller, and to nobody else; an {@link Error} likewise, because the state is as it was
     */
    byte[] query(byte[] query) throws Exception;

    /**
     * Captures the state as it is after the last applied command. Called between two commands, so it should be quick;
     * the slow part belongs into the returned writer, which runs elsewhere while commands go on being applied and
     * must write the captured state.
     */
    SnapshotWriter snapshot();

    /**
     * Replaces the state by one that a {@link SnapshotWriter} of this machine wrote, on this member or another.
     *
     * @param snapshot the written bytes, to the end of the stream; closed by the replica
     * @throws IOException if it can't be read; the member then stops, and the file stays
     */
    void restore(InputStream snapshot) throws IOException;

    /**
     * Reads back what a {@link SnapshotWriter} of this machine wrote, and throws if a restore of it would not give the captured
     * state. Comes after each snapshot that was written, before the log behind it is given up, and before one that another member
     * sent is taken in; so the state may have gone on since. Called on a thread of its own, side by side with {@link #apply}: it
     * must not touch the state, nor hold it a second time. The default checks nothing; that the bytes are those that were written,
     * the file's checksum says.
     *
     * <p>It ends with the member: the stream throws an {@link java.io.InterruptedIOException} then, and like a
     * {@link SnapshotWriter} it is interrupted if it waits for something else.
     *
     * @param snapshot the written bytes, to the end of the stream; need not be read to there; closed by the replica
     * @throws IOException saying what does not hold; the snapshot is not taken then, and the log stays; as with any other
     *     exception or Error
     */
    default void verify(InputStream snapshot) throws IOException {}

    /**
     * Names of the commands that this machine understands, each with its version where it has any; none if it does not tell them
     * apart. Told to the group when the member starts: a leader refuses a command that a voter has not named, because it
     * would stop that member. The answer never changes.
     */
    default Set<String> commandNames() {
        return Set.of();
    }

    /**
     * The name of a command, as in {@link #commandNames()}; not asked where that is empty. Comes on any thread, and for each
     * command that this member appends as the leader, so it should look at the first bytes only, and at nothing else.
     *
     * @param command as it was submitted
     * @throws IOException if it is none that any version of this machine would understand
     */
    default String commandName(InputStream command) throws IOException {
        return "";
    }

    /**
     * Whether this machine has snapshots at all. Without, the log is never compacted. The answer never changes.
     */
    default boolean hasSnapshots() {
        return true;
    }

    /** Whether {@link #query} may be called on any thread, while a command is being applied. The answer never changes. */
    default boolean readsConcurrently() {
        return false;
    }

    /**
     * Captures the state for {@code raft.divergence-check}, in a form that has the same bytes on every member whose state is the
     * same, however it came about: by all commands since the first, or by a restore and those behind it. Only a hash of what is
     * written is kept. Called between two commands, and written like a {@link #snapshot()}.
     *
     * <p>By default it is the snapshot. A machine whose snapshots are not of that kind, because they hold a set in the order in
     * which it iterates, for example, writes it in another order here, or a hash of its own.
     *
     * @return null if this machine is not to be compared by its state; the results of its commands are all the same. The
     *     default for one without snapshots
     */
    default @Nullable SnapshotWriter canonicalState() {
        return hasSnapshots() ? snapshot() : null;
    }
}
