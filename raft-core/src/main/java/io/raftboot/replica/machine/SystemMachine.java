package io.raftboot.replica.machine;

import com.google.protobuf.ByteString;
import io.raftboot.api.EntryName;
import io.raftboot.api.UnknownCommandException;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.proto.ChangeResult;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.SystemCommand;
import io.raftboot.replica.proto.SystemState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The replica's own state machine: who the members are (address, incarnation), how they are being changed, which cluster this is, and
 * the agreed time. A section of every snapshot. Owned by the apply stage; {@link #members()} and {@link #changes()} may be read from
 * any thread.
 */
public final class SystemMachine implements KnownMembers {
    /** Name in envelopes; no state machine of an application can have it. */
    public static final String NAME = "";

    /** Name in snapshots, where that of a section can't be empty. */
    public static final String SECTION = "$system";

    /** About what an entry takes beside its data. */
    private static final long ENTRY_OVERHEAD_BYTES = 24;

    /** 0 while this member joins and has not learned it. */
    private volatile long clusterId;

    /** Cluster of the snapshot that was restored last; 0 if there was none, or it did not say. */
    private volatile long restoredClusterId;

    private long appliedIndex;
    private long agreedTimeMillis;
    private long logBytes;
    private volatile Members members = new Members(new TreeMap<>());
    private final ChangeLedger ledger = new ChangeLedger();

    /** Index of the newest entry that changed the configuration, as far as is known. */
    private volatile long configurationIndex;

    private volatile List<EntryName> skipped = List.of();

    public SystemMachine(long clusterId) {
        this.clusterId = clusterId;
    }

    /** Any thread: this member has learned which cluster it belongs to. */
    public void clusterIdLearned(long learned) {
        clusterId = learned;
    }

    /**
     * Whether the state came from a snapshot of another cluster, as after a recovery to a new one: whoever joins this cluster must
     * not be sent that.
     */
    public boolean cameFromAnotherCluster() {
        return !belongsHere(restoredClusterId);
    }

    /** Whether a snapshot of the cluster may be restored by a running member. */
    public boolean belongsHere(long otherClusterId) {
        return otherClusterId == 0 || clusterId == 0 || otherClusterId == clusterId;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    public long agreedTimeMillis() {
        return agreedTimeMillis;
    }

    @Override
    public Members members() {
        return members;
    }

    /** How the members are being changed, and were; any thread. */
    public ChangeLedger.Changes changes() {
        return ledger.now();
    }

    /**
     * Index of the newest entry that changed the configuration, as far as this member has applied; 0 if none has, or the state came from
     * a version that does not say. Any thread.
     */
    public long configurationIndex() {
        return configurationIndex;
    }

    /** Which entries were passed over, as their operator wanted; any thread. */
    public List<EntryName> skipped() {
        return skipped;
    }

    /** Passes over the entry: it changes nothing, and that is remembered. */
    public void skip(EntryName entry) {
        if (!skipped.contains(entry)) {
            var more = new ArrayList<>(skipped);
            more.add(entry);
            skipped = List.copyOf(more);
        }
    }

    /** How far all members are, in measures they have in common. */
    public AppliedPosition position(long index) {
        return new AppliedPosition(index, logBytes, agreedTimeMillis);
    }

    /** Every entry is counted once, by every member alike. */
    public void count(Entry entry) {
        logBytes += entry.getData().size() + ENTRY_OVERHEAD_BYTES;
    }

    /** Every entry carries a stamp; the newest is the agreed time. */
    public void agreeOn(long stampMillis) {
        agreedTimeMillis = Math.max(agreedTimeMillis, stampMillis);
    }

    /**
     * Applies a command.
     *
     * @param configuration in force as of this entry
     * @return what it came to, for whoever asked
     * @throws IOException             if there is none in the payload, whoever reads it; nothing has changed
     * @throws UnknownCommandException if it is one of a newer version
     */
    public byte[] apply(ByteString payload, long index, ConfState configuration) throws IOException {
        if (index <= appliedIndex) {
            return new byte[0];
        }
        var command = SystemCommand.parseFrom(payload);
        var result =
                switch (command.getCommandCase()) {
                    case MEMBER_UP -> {
                        up(command.getMemberUp().getMember());
                        yield ChangeResult.getDefaultInstance();
                    }
                    case BEGIN_CHANGE -> ledger.begin(command.getBeginChange(), index, configuration, agreedTimeMillis);
                    case END_CHANGE -> ledger.end(command.getEndChange(), agreedTimeMillis);
                    case SETTLE_REMOVALS -> {
                        members = MemberChanges.settled(
                                members, command.getSettleRemovals().getIdsList());
                        yield ChangeResult.getDefaultInstance();
                    }
                    case COMMAND_NOT_SET -> throw noneIn(command, index);
                };
        appliedIndex = index;
        return result.toByteArray();
    }

    private static IOException noneIn(SystemCommand command, long index) {
        if (command.getUnknownFields().asMap().isEmpty()) {
            return new IOException("it says nothing");
        }
        throw new UnknownCommandException(
                "entry " + index + " holds a command of a newer version of the replica; update this member");
    }

    /**
     * Neither who was removed takes a member's name, nor an older copy of its directory, or an empty one in its place. Of one whose
     * address alone is known, no directory is known yet.
     */
    private void up(MemberRecord member) {
        var known = members.get(member.getId());
        boolean another = known != null
                && (known.getRemoved()
                        || (known.getIncarnation() != 0 && known.getIncarnation() != member.getIncarnation())
                        || known.getRuns() > member.getRuns());
        if (!another) {
            // Where a member was moved to counts until another run of it says otherwise.
            boolean moved = known != null
                    && !known.getAddress().isEmpty()
                    && (member.getAddress().isEmpty() || known.getRunId() == member.getRunId());
            members = members.with(
                    moved && known != null
                            ? member.toBuilder().setAddress(known.getAddress()).build()
                            : member);
        }
    }

    /**
     * Applies a change of the configuration.
     *
     * @param before the configuration that it was made in
     * @param after the configuration that it leads to
     */
    public void apply(ConfChangeV2 change, ConfState before, ConfState after, long index) {
        configurationIndex = index;
        var context = ChangeLedger.contextOf(change);
        var removal = new MemberChanges.Removal(agreedTimeMillis, ledger.askedBy(context));
        members =
                MemberChanges.apply(members, new MemberChanges.Step(before, after, context.getMembersList()), removal);
        ledger.stepDone(context, after, agreedTimeMillis);
    }

    public SystemState capture() {
        return SystemState.newBuilder()
                .setClusterId(clusterId)
                .setAgreedTimeMillis(agreedTimeMillis)
                .addAllMembers(members.byId().values())
                .setLogBytes(logBytes)
                .addAllSkipped(skipped.stream().map(EntryName::toString).toList())
                .addAllChanges(ledger.now().all())
                .setConfigurationIndex(configurationIndex)
                .setWantedVoters(ledger.now().wantedVoters())
                .build();
    }

    public void restore(SystemState state, long index) {
        var byId = new TreeMap<Long, MemberRecord>();
        for (MemberRecord member : state.getMembersList()) {
            byId.put(member.getId(), member);
        }
        members = new Members(byId);
        ledger.restore(state.getChangesList(), state.getWantedVoters());
        configurationIndex = state.getConfigurationIndex();
        restoredClusterId = state.getClusterId();
        if (clusterId == 0) {
            clusterId = restoredClusterId;
        }
        skipped = state.getSkippedList().stream().map(EntryName::valueOf).toList();
        agreedTimeMillis = state.getAgreedTimeMillis();
        logBytes = state.getLogBytes();
        appliedIndex = index;
    }
}
