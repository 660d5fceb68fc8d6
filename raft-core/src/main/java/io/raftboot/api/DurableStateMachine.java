package io.raftboot.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A state machine that keeps its state itself, in a database say, and with it, in one transaction, what the replica has to
 * remember about it: how far it is, and the results of the commands that may be sent again. So a crash at any moment leaves all
 * three before a command or all three after it; nothing is lost, and nothing applied twice.
 *
 * <p>For each command the replica calls {@link #transact}, and within it {@link #apply} (unless the command is one that was
 * applied before) and {@link #record}. An exception that {@code apply} throws is the command's result, as for every state
 * machine: what it did is to be undone before it leaves {@code apply}, and the transaction is committed all the same.
 *
 * <p>Its snapshots may be newer than the index they are taken at: what {@link #snapshot()} returns may go on from whatever
 * command is the last when it is written, as long as state, rows and index in it belong together. They carry their own index.
 */
public interface DurableStateMachine extends StateMachine {
    /** How long the name of a row may be; all are of ASCII. */
    int MAX_ROW_NAME_CHARACTERS = 80;

    /**
     * How far the state is.
     *
     * @param appliedIndex of the newest command whose effects are in the state; it and what is older is never applied again
     * @param loggedIndex how far this member's own log is known to have been applied: the same, unless the state came from a
     *     snapshot that was newer than its place in the log, and no command has been recorded since; then the
     *     index that {@link #restore(InputStream, long)} was given
     */
    record Position(long appliedIndex, long loggedIndex) {
        /** As for a machine that is new. */
        public static final Position START = new Position(0, 0);
    }

    /**
     * Asked when the member starts, before all else, and after a restore.
     *
     * @throws Exception if it can't be told; the member then does not start
     */
    Position position() throws Exception;

    /**
     * All rows as {@link #record} left them, in any order; asked after {@link #position}.
     *
     * @throws Exception if they can't be read; the member then does not start
     */
    void readRows(BiConsumer<String, byte[]> reader) throws Exception;

    /**
     * Runs the work in one transaction, which is committed when the work returns and rolled back when it throws. The work is to
     * be called once: a transaction that the database would have tried again, because of a serialization failure for example, is
     * given up by an exception. Work that is called a second time throws, and the member stops.
     *
     * @throws Exception what the work throws, or because the transaction failed; this stops the member, which does not know
     *     whether it was committed and asks when it starts again
     */
    <T> T transact(Callable<T> work) throws Exception;

    /**
     * Keeps, within the running transaction, that the state is as of this index, and what changed in the rows.
     *
     * @param index greater than that of any call before, unless the machine is brought into another cluster ({@code recover}
     *     and {@code snapshot import} of the offline tool): then it is, once and outside of a command, where the state is in
     *     the log of that one
     * @param changes by the row's name, of at most {@value #MAX_ROW_NAME_CHARACTERS} characters; null removes the row
     * @throws Exception if it can't be kept; as of {@link #transact}
     */
    void record(long index, Map<String, byte @Nullable []> changes) throws Exception;

    /**
     * Makes what was committed as safe from a loss of power as the log is (forces its database to disk), and tells the index up
     * to which that holds. The log is compacted no further, and snapshots that this member takes for its own restarts hold
     * this index in place of the state: {@link #snapshot()} is called only when another member needs the state, or somebody
     * asks for a snapshot.
     *
     * <p>Called on the thread that writes snapshots, while commands go on being applied: what is applied meanwhile may or may
     * not be covered.
     *
     * @throws Exception if it can't be told; the snapshot is given up then, and the log stays as it is
     */
    long durableIndex() throws Exception;

    /**
     * Replaces the state, the rows and the index by those that a {@link SnapshotWriter} of this machine wrote, on this member
     * or another. Interrupted at any point it must come back as it was before, or as a machine that is new, so that it is done
     * again.
     *
     * @param snapshot the written bytes, to the end of the stream; closed by the replica
     * @param index of the snapshot, which the machine's own may be newer than; for {@link Position#loggedIndex}
     * @throws IOException if it can't be read or kept; the member then stops, and the file stays
     */
    void restore(InputStream snapshot, long index) throws IOException;

    /** Never called for this kind of machine. */
    @Override
    default void restore(InputStream snapshot) throws IOException {
        throw new IOException("it needs the index of the snapshot");
    }

    /** None by default: a snapshot of this kind of machine may be newer than the index that it is taken at. */
    @Override
    default @Nullable SnapshotWriter canonicalState() {
        return null;
    }
}
