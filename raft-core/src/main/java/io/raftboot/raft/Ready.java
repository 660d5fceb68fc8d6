package io.raftboot.raft;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What there is to do for the driver of a node. All lists are unmodifiable and stay as they are.
 *
 * <p><b>Synchronous storage</b> ({@link RaftConfig#asyncStorageWrites()} false), in this order, one Ready at a time:
 * <ol>
 *   <li>store {@code entries}, {@code hardState} and {@code snapshot}, and force them to disk if {@code mustSync}; an
 *       entry at index i replaces all stored entries from i on, a snapshot replaces the whole log;
 *   <li>send {@code messages}: they vouch for what has just been stored;
 *   <li>apply {@code snapshot} if there is one, then {@code committedEntries}, in order; each configuration change goes
 *       to {@code applyConfChange} before the next Ready is taken, and the configuration that it returns into the next
 *       snapshot;
 *   <li>{@code advance}.
 * </ol>
 *
 * <p>An entry's {@code type} says how its data is to be read: ENTRY_NORMAL is what was proposed, or empty where a leader
 * began its term or refused a change; ENTRY_CONF_CHANGE is a ConfChange, ENTRY_CONF_CHANGE_V2 a ConfChangeV2, the empty one
 * included, which leaves a joint configuration.
 *
 * <p>If something can't be stored, nothing of the Ready may be sent or applied, and the node must not be used any more: it
 * counts on what it has handed out. It starts again from what is stored.
 *
 * <p><b>Asynchronous storage</b>: store and apply nothing from here; the work is in {@code messages}, as a
 * MSG_STORAGE_APPEND to {@link NodeIds#LOCAL_APPEND_THREAD} and a MSG_STORAGE_APPLY to
 * {@link NodeIds#LOCAL_APPLY_THREAD}. Each of the two takes its messages strictly in order, and when the work of one is
 * done (an append: durable) sends its {@code responses}, some of which go to this very node and are stepped. There is no
 * {@code advance}; the next Ready may be taken at once.
 * <ul>
 *   <li>An append message holds what is shown here too: entries; a snapshot; and the hard state as its term, vote and
 *       commit, either all of them or none. One without responses needs no force.
 *   <li>The responses to one with a snapshot must wait until its restoring is at least queued before all that is applied
 *       later: they say that the snapshot counts as applied, and entries behind it may follow at once.
 *   <li>The configuration changes among applied entries go to {@code applyConfChange} before the responses are stepped.
 * </ul>
 *
 * @param softState leader and role, only if either changed since the last Ready
 * @param hardState term, vote and commit index to be stored before messages are sent; null if nothing changed
 * @param readStates the reads that may be answered as soon as their index is applied, here or in a later Ready
 * @param entries what is to be stored before messages are sent
 * @param snapshot what the leader has sent, to be stored and to replace the state machine; null if there is none
 * @param committedEntries what is to be applied; with synchronous storage some may be among {@code entries} of this same Ready,
 *     which is why storing comes first
 * @param messages what is to be sent, in any order between members but in the given order to each one. With a MSG_SNAP the
 *     driver must call {@code reportSnapshot} when its sending has ended one way or the other: until then the leader
 *     sends nothing else to that member
 * @param mustSync whether what is to be stored has to be on disk before messages are sent: there are entries, or term
 *     or vote changed. A hard state that merely moves the commit index may ride along with the next one. It says nothing
 *     of the snapshot, which has to be on disk in any case
 */
public record Ready(
        @Nullable SoftState softState,
        @Nullable HardState hardState,
        List<ReadState> readStates,
        List<Entry> entries,
        @Nullable Snapshot snapshot,
        List<Entry> committedEntries,
        List<Message> messages,
        boolean mustSync) {

    /**
     * Whether a write has to be on disk before anything is sent: there are entries, or term or vote changed. The rule
     * behind {@link #mustSync()}, for drivers that put the writes of several Readys together (etcd-raft
     * {@code MustSync}; the state that section 3.8 of the dissertation calls persistent).
     *
     * @param hardState what is to be stored
     * @param previous what was stored before
     * @param entryCount how many entries are to be stored with it
     */
    public static boolean mustSync(HardState hardState, HardState previous, int entryCount) {
        return entryCount > 0 || hardState.getVote() != previous.getVote() || hardState.getTerm() != previous.getTerm();
    }
}
