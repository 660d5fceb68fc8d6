package io.raftboot.replica.membership;

import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.machine.KnownMembers;
import io.raftboot.replica.proto.RemovalNotice;
import io.raftboot.transport.MemberRun;
import io.raftboot.transport.RemoteMember;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Who the others are: the members that this one, or its group, has known before, or something else under their name. A vote is
 * one of a term only if who gave it remembers it, and an entry is committed only if who acknowledged it still has it; so a
 * member whose directory was lost, or replaced by an older copy, must not take part as the one that it was.
 *
 * <p>Known to the group, and durable, are the incarnation of each member's directory and the number of its newest run. Known to this
 * member alone, as long as it runs, is the highest position that each of the others has acknowledged to it. Any thread.
 */
public final class PeerIdentities {
    /** What is left to whoever reads a refusal and has no such directory any more. */
    static final String WITHOUT_IT =
            "Without it this member stays out, and the others go on as long as they are a majority:"
                    + " remove it, and add it anew with an empty directory, as docs/operations.md says";

    /** Far more than any group has. */
    private static final int MAX_INTRODUCED = 1024;

    private final Logger log = QuietLogger.of(PeerIdentities.class);

    private final KnownMembers members;
    private final UpToDate upToDate;
    private final Map<Long, RemoteMember> introduced = new ConcurrentHashMap<>();
    private final Map<Long, Promise> promises = new ConcurrentHashMap<>();
    private volatile LongConsumer disconnect = id -> {};

    /** Whether this member knows what its group knew of the others when it started. Any thread. */
    @FunctionalInterface
    public interface UpToDate {
        boolean isUpToDate();
    }

    /**
     * What a member certainly had on its disk.
     *
     * @param runId in which it said so
     * @param term not less than this
     * @param index of its log, in this very term
     */
    private record Promise(long incarnation, long runId, long term, long index) {
        /** Later terms may cut the log; within one it only grows. */
        Promise raisedTo(Promise other) {
            boolean newer = other.incarnation != incarnation
                    || other.term > term
                    || (other.term == term && other.index >= index);
            return newer ? other : new Promise(incarnation, other.runId, term, index);
        }

        boolean isBrokenBy(MemberRun run) {
            return run.term() < term || (run.term() == term && run.lastIndex() < index);
        }
    }

    /**
     * @param members as this member has applied them
     * @param upToDate whether that is all that was committed when it started
     */
    public PeerIdentities(KnownMembers members, UpToDate upToDate) {
        this.members = members;
        this.upToDate = upToDate;
    }

    /** As {@link io.raftboot.transport.TransportListener#refuse} and {@link #introduced}, for who is there for certain. */
    @Nullable
    String refuse(RemoteMember remote) {
        String reason = objection(remote);
        if (reason == null) {
            introduced(remote);
        }
        return reason;
    }

    /**
     * Who was let in before this member knew better is to come again, and is turned away then: else it stays, is not listened to, and
     * neither it nor those that would put it in its own place hear why.
     *
     * @param newDisconnect closes the connections with a member; called on the transport's threads
     */
    public void disconnectBy(LongConsumer newDisconnect) {
        disconnect = newDisconnect;
    }

    /** As {@link io.raftboot.transport.TransportListener#refuse}: whoever comes under this name may not be there at all. */
    @Nullable
    public String objection(RemoteMember remote) {
        return reason(remote);
    }

    /** It is there: what comes under its name is judged by what it said of itself. */
    public void introduced(RemoteMember remote) {
        introduced.put(remote.nodeId(), remote);
        if (introduced.size() > MAX_INTRODUCED) {
            forgetStrangers();
        }
    }

    /** Ids that the group does not know are for anybody to make up; a member that is new has only to connect once more. */
    private void forgetStrangers() {
        var known = members.members();
        introduced.keySet().removeIf(id -> known.get(id) == null);
        promises.keySet().removeIf(id -> known.get(id) == null);
    }

    int introducedCount() {
        return introduced.size();
    }

    /**
     * Whether to listen to a message. One that counts is not, before this member knows what its group knew of the others when it
     * started; nor one of somebody who was introduced before that, and would be refused now.
     */
    public boolean accept(long from, Message message) {
        return switch (message.getType()) {
            // Counted towards a majority: of votes, of copies, of members that are there and follow (check-quorum,
            // leases, reads).
            case MSG_VOTE_RESP, MSG_PRE_VOTE_RESP, MSG_APP_RESP, MSG_HEARTBEAT_RESP -> counts(from, message);
            // An answer to a read of this member, which it takes at its word.
            case MSG_READ_INDEX_RESP -> counts(from, message);
            // Moves the leadership to a third member, so both must be known.
            case MSG_TRANSFER_LEADER -> members.members().get(message.getFrom()) != null && counts(from, message);
            // What a leader or a candidate says is judged by its term and by the logs. It may be one that this member,
            // which lags
            // behind, does not know yet, so nothing is asked of its identity: who gives it the majority looks at that.
            case MSG_APP, MSG_HEARTBEAT, MSG_SNAP, MSG_VOTE, MSG_PRE_VOTE, MSG_TIMEOUT_NOW -> true;
            // Asks, and gets an answer; moves nothing.
            case MSG_READ_INDEX -> true;
            // Commands come as requests, which are looked at before anything is appended.
            case MSG_PROP -> false;
            // These go from this member to itself only.
            case MSG_HUP,
                    MSG_BEAT,
                    MSG_UNREACHABLE,
                    MSG_SNAP_STATUS,
                    MSG_CHECK_QUORUM,
                    MSG_FORGET_LEADER,
                    MSG_STORAGE_APPEND,
                    MSG_STORAGE_APPEND_RESP,
                    MSG_STORAGE_APPLY,
                    MSG_STORAGE_APPLY_RESP -> false;
        };
    }

    private boolean counts(long from, Message message) {
        var remote = introduced.get(from);
        if (!upToDate.isUpToDate() || remote == null) {
            return false;
        }
        String reason = reason(remote);
        if (reason != null) {
            log.error("what node " + from + " says does not count: {}", reason);
            introduced.remove(from);
            disconnect.accept(from);
            return false;
        }
        note(remote, message);
        return true;
    }

    /**
     * Whether leaders may count on the other member to elect nobody else within their lease: it has said so to the group, in the
     * very run in which it was introduced here last.
     */
    public boolean keepsLeases(long id) {
        var known = members.members().get(id);
        var remote = introduced.get(id);
        return known != null
                && remote != null
                && known.getLeases()
                && !known.getRemoved()
                && known.getIncarnation() == remote.incarnation()
                && known.getRunId() == remote.run().id();
    }

    /**
     * That the process which was introduced under this id last was removed, with the very directory that it comes with, and that nobody
     * needs its vote any more; null if that is not so, as far as this member has applied.
     */
    public @Nullable RemovalNotice removalOf(long id) {
        return removal(id, true);
    }

    /** As {@link #removalOf}, of a process that comes with another directory than the one that was removed. */
    public @Nullable RemovalNotice earlierRemovalOf(long id) {
        return removal(id, false);
    }

    private @Nullable RemovalNotice removal(long id, boolean sameDirectory) {
        var known = members.members().get(id);
        var remote = introduced.get(id);
        if (known == null
                || remote == null
                || !known.getRemovalSettled()
                || sameDirectory != (known.getIncarnation() == remote.incarnation())) {
            return null;
        }
        return RemovalNotice.newBuilder()
                .setAtMillis(known.getRemovedAtMillis())
                .setBy(known.getRemovedBy())
                .setIncarnation(known.getIncarnation())
                .build();
    }

    private void note(RemoteMember remote, Message message) {
        // Both are sent only after term and log are durable. A vote in a pre-vote promises nothing, nor do the others.
        if (message.getType() == MessageType.MSG_APP_RESP || message.getType() == MessageType.MSG_VOTE_RESP) {
            boolean acknowledges = message.getType() == MessageType.MSG_APP_RESP && !message.getReject();
            var promise = new Promise(
                    remote.incarnation(), remote.run().id(), message.getTerm(), acknowledges ? message.getIndex() : 0);
            promises.merge(remote.nodeId(), promise, Promise::raisedTo);
        }
    }

    /** As {@link io.raftboot.transport.TransportListener#knowsOtherDirectory}. */
    public boolean knowsOtherDirectory(RemoteMember remote) {
        var known = members.members().get(remote.nodeId());
        return known != null
                && !known.getRemoved()
                && known.getIncarnation() != 0
                && known.getIncarnation() != remote.incarnation();
    }

    private @Nullable String reason(RemoteMember remote) {
        var known = members.members().get(remote.nodeId());
        if (known != null && !known.getRemoved()) {
            if (knowsOtherDirectory(remote)) {
                return "node " + remote.nodeId()
                        + " is known here with another data directory than the one it comes with now;"
                        + " its old vote may be lost with that directory, so it can't take part as the same member."
                        + " Bring the old directory back. " + WITHOUT_IT
                        + "; with raft.membership.replace-wiped=true that is done once all others are there"
                        + (remote.run().beganEmpty()
                                ? ""
                                : ", but not for this one, which is not empty: it began with the log up to index "
                                        + remote.run().lastIndex());
            }
            var run = remote.run();
            if (!run.isKnown() && known.getRuns() > 0) {
                return "node " + remote.nodeId()
                        + " comes without saying which run of its data directory this is, as each member does:"
                        + " it can't be told from an older copy. Start it with the same release as the others";
            }
            if (run.isKnown()
                    && (run.number() < known.getRuns()
                            || (run.number() == known.getRuns() && run.id() != known.getRunId()))) {
                return older(
                        remote,
                        "it was started " + known.getRuns() + " times before, and its directory knows of "
                                + (run.number() - 1));
            }
        }
        return reasonByPromise(remote);
    }

    private @Nullable String reasonByPromise(RemoteMember remote) {
        var promise = promises.get(remote.nodeId());
        var run = remote.run();
        if (promise == null
                || !run.isKnown()
                || promise.incarnation() != remote.incarnation()
                || promise.runId() == run.id()
                || !promise.isBrokenBy(run)) {
            return null;
        }
        return older(
                remote,
                "it had acknowledged index " + promise.index() + " in term " + promise.term()
                        + ", and comes with index " + run.lastIndex() + " and term " + run.term());
    }

    private static String older(RemoteMember remote, String why) {
        return "node " + remote.nodeId() + " comes with an older copy of its data directory: " + why
                + ". It has forgotten what others rely on, so it can't take part as the same member. Bring the newest directory"
                + " back. " + WITHOUT_IT;
    }
}
