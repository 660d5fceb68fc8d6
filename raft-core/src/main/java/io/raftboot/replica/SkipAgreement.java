package io.raftboot.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.EntryName;
import io.raftboot.raft.CompactedException;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.UnavailableException;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.replica.ReplicaStartException.Problem;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.watch.FailureHandler;
import io.raftboot.storage.log.LogReader;
import io.raftboot.transport.RemoteMember;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that all members pass over the same entries: an entry that one applies and another does not lets their states
 * drift apart for good. So a member whose state has an entry in it does not start to pass it over; each tells the others at every
 * connection which it passes over, and those who differ do not talk to each other; and one that differs from so many that no
 * majority is left to agree with it stops. Any thread.
 */
final class SkipAgreement {
    private static final Logger log = LoggerFactory.getLogger(SkipAgreement.class);

    private final Set<EntryName> names = new TreeSet<>();
    private final Supplier<List<EntryName>> recorded;
    private final LongSupplier appliedIndex;
    private final long firstIndex;
    private final Set<Long> members;
    private final FailureHandler onConflict;
    private final Map<Long, String> disagreeing = new ConcurrentHashMap<>();

    /**
     * @param configured by the operator
     * @param recorded in the state, as of entries that were passed over
     * @param machines whose state may have passed over more
     * @param firstIndex of the log when this run began: others that want older entries get a snapshot
     * @param members of the group, by id, this one included
     * @param onConflict told that this member must stop
     */
    SkipAgreement(
            List<EntryName> configured,
            Supplier<List<EntryName>> recorded,
            Collection<MachineSlot> machines,
            LongSupplier appliedIndex,
            long firstIndex,
            Set<Long> members,
            FailureHandler onConflict) {
        names.addAll(configured);
        machines.forEach(slot -> slot.skipped().forEach(names::add));
        this.recorded = recorded;
        this.appliedIndex = appliedIndex;
        this.firstIndex = firstIndex;
        this.members = Set.copyOf(members);
        this.onConflict = onConflict;
    }

    /**
     * Refuses to pass over what is in the state already. To be called when the state machines are as of what the log begins
     * behind.
     *
     * @param baseIndex what the log begins behind
     * @throws ReplicaStartException naming the entry, and who has applied it
     */
    static void check(
            List<EntryName> configured,
            List<EntryName> recorded,
            Map<String, MachineSlot> machines,
            LogReader reader,
            long baseIndex) {
        for (EntryName name : configured) {
            if (name.index() <= baseIndex) {
                if (!recorded.contains(name)) {
                    throw appliedAlready(name, "the snapshot that its log begins behind, at index " + baseIndex);
                }
            } else if (name.index() <= reader.lastIndex()) {
                check(name, entry(reader, name.index()), machines);
            }
        }
    }

    private static void check(EntryName name, Entry entry, Map<String, MachineSlot> machines) {
        if (!name.names(entry)) {
            log.error(
                    "raft.apply.skip names entry {}, but the log has {} there: nothing is passed over",
                    name,
                    EntryName.of(entry));
            return;
        }
        var slot = machines.get(machineOf(entry));
        if (slot != null && slot.hasApplied(name)) {
            throw appliedAlready(
                    name, "the state of '" + slot.name() + "', which is as of index " + slot.appliedIndex());
        }
    }

    private static String machineOf(Entry entry) {
        try {
            ByteString data = entry.getType() == EntryType.ENTRY_NORMAL ? entry.getData() : ByteString.EMPTY;
            return Envelope.parseFrom(data).getMachine();
        } catch (InvalidProtocolBufferException e) {
            return SystemMachine.NAME;
        }
    }

    private static Entry entry(LogReader reader, long index) {
        try {
            return reader.entries(index, index + 1, RaftConfig.NO_LIMIT).get(0);
        } catch (CompactedException | UnavailableException e) {
            throw new IllegalStateException("the log does not have entry " + index, e);
        }
    }

    private static ReplicaStartException appliedAlready(EntryName name, String where) {
        String message = "raft.apply.skip names entry " + name + ", but this member has applied it: it is in " + where
                + ". Passed over by the others it would leave this member with another state than theirs. Take raft.apply.skip"
                + " away on all members; or, if the others have passed the entry over already, delete the directory of this"
                + " member, and the database of its state machines, and bring it up from a snapshot of theirs";
        return new ReplicaStartException(
                Problem.ENTRY_SKIP, message, new IllegalStateException("the entry is applied already"));
    }

    /** What the others are told: the names, and behind a tilde those of which only a snapshot knows any more. */
    String announcement() {
        var all = known();
        var text = new StringBuilder();
        for (EntryName name : all) {
            text.append(text.isEmpty() ? "" : " ")
                    .append(name.index() < firstIndex ? "~" : "")
                    .append(name);
        }
        return text.toString();
    }

    /**
     * As {@link #objection}, of somebody who may not be there at all: what he says may have been recorded, before skips were
     * configured for example. So nothing is concluded from it.
     */
    @Nullable
    String objectionToStranger(RemoteMember remote) {
        return compare(remote);
    }

    /**
     * Why this member must not talk to another, which is there for certain, written for the operator of either; null if it may.
     * Stops this member if no majority is left to agree with it.
     */
    @Nullable
    String objection(RemoteMember remote) {
        String objection = compare(remote);
        if (objection == null) {
            disagreeing.remove(remote.nodeId());
        } else if (members.contains(remote.nodeId())) {
            disagreeing.put(remote.nodeId(), objection);
            stopIfAlone(objection);
        }
        return objection;
    }

    private @Nullable String compare(RemoteMember remote) {
        var own = known();
        var others = new TreeSet<EntryName>();
        var othersInLog = new TreeSet<EntryName>();
        try {
            for (String word : remote.applySkips().isEmpty()
                    ? new String[0]
                    : remote.applySkips().split(" ", -1)) {
                var name = EntryName.valueOf(word.startsWith("~") ? word.substring(1) : word);
                others.add(name);
                if (!word.startsWith("~")) {
                    othersInLog.add(name);
                }
            }
        } catch (IllegalArgumentException e) {
            return "node " + remote.nodeId() + " passes over entries whose names can't be read: " + e.getMessage();
        }
        for (EntryName name : own) {
            if (name.index() >= firstIndex && !others.contains(name)) {
                return differs(
                        "the member that says this passes over entry " + name + ", and node " + remote.nodeId()
                                + " does not",
                        name);
            }
        }
        for (EntryName name : others) {
            boolean matters = othersInLog.contains(name) || appliedIndex.getAsLong() >= name.index();
            if (matters && !own.contains(name)) {
                return differs(
                        "node " + remote.nodeId() + " passes over entry " + name
                                + ", and the member that says this does not",
                        name);
            }
        }
        return null;
    }

    private static String differs(String who, EntryName name) {
        return who + ": their states would drift apart. raft.apply.skip has to be the same on all members; write"
                + " raft.apply.skip=" + name + " on all of them, or on none, and start those again that differ";
    }

    /** One that no majority can be found to agree with can do nothing right. */
    private void stopIfAlone(String objection) {
        if (members.size() - disagreeing.size() < members.size() / 2 + 1) {
            onConflict.accept(new ReplicaStartException(
                    Problem.ENTRY_SKIP,
                    "the other members pass over other entries than this one, so it can't go on: " + objection,
                    new IllegalStateException("raft.apply.skip differs")));
        }
    }

    private Set<EntryName> known() {
        var all = new TreeSet<>(names);
        all.addAll(recorded.get());
        return all;
    }
}
