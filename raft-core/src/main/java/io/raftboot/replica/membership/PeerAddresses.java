package io.raftboot.replica.membership;

import io.raftboot.agent.Clock;
import io.raftboot.notice.Conditions;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.proto.MemberRecord;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Where the others may be, the newest word first: what a member said of itself when it was met in this run; what it told the
 * group; what is configured here, which nobody may have touched since the member moved; and what others say of it, for a member
 * that does not know its group yet. All of them are tried, as whoever answers has to show who it is. A member that was
 * removed is nowhere. Any thread.
 */
public final class PeerAddresses {
    private static final Logger log = LoggerFactory.getLogger(PeerAddresses.class);

    /** More than any group has; what others tell must end somewhere. */
    private static final int MAX_TOLD = 64;

    private final long nodeId;
    private final Map<Long, String> configured = new TreeMap<>();
    private final Map<Long, String> told = new ConcurrentHashMap<>();
    private final Map<Long, String> met = new ConcurrentHashMap<>();
    private final RejectedConnections refusals;
    private final Conditions conditions;

    /** @param writer runs what logs */
    public PeerAddresses(ReplicaConfig config, RejectedConnections refusals, Clock clock, Executor writer) {
        this.conditions = new Conditions(log, clock::nanoTime, writer);
        this.nodeId = config.nodeId();
        this.refusals = refusals;
        config.peers().forEach(peer -> configured.put(peer.id(), peer.address()));
    }

    /** Address of this member itself, as its own entry among the peers says; empty if there is none. */
    String own() {
        return configured.getOrDefault(nodeId, "");
    }

    /** The other members that are configured. */
    public List<Long> configuredOthers() {
        return configured.keySet().stream().filter(id -> id != nodeId).toList();
    }

    /** Addresses by id, the likeliest first, without this member's. */
    public Map<Long, List<String>> of(Members members) {
        // Sorted, so that whoever is told them is told the same by each release of Java.
        var ids = new TreeSet<>(configured.keySet());
        ids.addAll(members.byId().keySet());
        ids.addAll(told.keySet());
        ids.addAll(met.keySet());
        ids.remove(nodeId);
        var addresses = new TreeMap<Long, List<String>>();
        for (long id : ids) {
            var known = members.get(id);
            var ofOne = known != null && known.getRemoved() ? List.<String>of() : of(id, known);
            if (!ofOne.isEmpty()) {
                addresses.put(id, ofOne);
            }
        }
        return addresses;
    }

    private List<String> of(long id, @Nullable MemberRecord known) {
        var addresses = new LinkedHashSet<String>();
        addresses.add(met.getOrDefault(id, ""));
        addresses.add(known != null && isAddress(id, known.getAddress()) ? known.getAddress() : "");
        addresses.add(configured.getOrDefault(id, ""));
        addresses.add(told.getOrDefault(id, ""));
        addresses.remove("");
        return List.copyOf(addresses);
    }

    /** As another member is told, this one included. */
    public List<MemberRecord> all(Members members) {
        var addresses = of(members);
        if (!own().isEmpty()) {
            addresses.put(nodeId, List.of(own()));
        }
        return addresses.entrySet().stream()
                .map(member -> MemberRecord.newBuilder()
                        .setId(member.getKey())
                        .setAddress(member.getValue().get(0))
                        .build())
                .toList();
    }

    /**
     * A member that was let in said where it is.
     *
     * @return whether that changes where it is looked for
     */
    public boolean met(long id, String address, Members members) {
        boolean room = met.size() < MAX_TOLD || met.containsKey(id);
        if (!room || id == nodeId || !isAddress(id, address)) {
            return false;
        }
        var before = of(id, members.get(id));
        met.put(id, address);
        return !before.equals(of(id, members.get(id)));
    }

    /**
     * Another member says where the members are.
     *
     * @return whether that is news
     */
    public boolean tell(List<MemberRecord> members) {
        boolean news = false;
        for (MemberRecord member : members) {
            boolean room = told.size() < MAX_TOLD || told.containsKey(member.getId());
            if (room && member.getId() != nodeId && isAddress(member.getId(), member.getAddress())) {
                news |= !member.getAddress().equals(told.put(member.getId(), member.getAddress()));
            }
        }
        return news;
    }

    /** Where the group's own table says where a member is, or that it is gone, what single members said of it is of no more use. */
    public void forgetTold(Members table) {
        met.keySet().removeIf(id -> {
            var known = table.get(id);
            return known != null && known.getRemoved();
        });
        told.keySet().removeIf(id -> {
            var known = table.get(id);
            return known != null && (known.getRemoved() || isAddress(id, known.getAddress()));
        });
    }

    /**
     * Compares what is configured here with what the members themselves have told the group, and reports differences: a list that
     * was changed on some members only leads nowhere, or to the wrong member, without a word.
     */
    public void compare(Members members) {
        configured.forEach((id, address) -> {
            var known = members.get(id);
            if (id == nodeId || known == null || known.getRemoved() || isAlike(address, known.getAddress())) {
                refusals.differsNoMore(id);
                conditions.over("address " + id, "the address of node " + id + " is the same here and there again");
                return;
            }
            String difference = "the address of node " + id + " is " + address + " among the peers of this node "
                    + nodeId + ", and " + known.getAddress()
                    + " among its own: write it alike in both lists";
            refusals.differs(id, difference);
            conditions.trouble(Level.WARN, "address " + id, difference, difference);
        });
    }

    /** On the ticker: says again what goes on. */
    public void tick() {
        conditions.tick();
    }

    /** A member that is alone in its list has told none. */
    private static boolean isAlike(String configured, String told) {
        return told.isEmpty() || told.equals(configured);
    }

    /** The table of members is filled by entries and by what others tell, which is not to be relied on. */
    public static boolean isAddress(long id, String address) {
        try {
            return !address.isEmpty()
                    && Peer.valueOf(id + "@" + address).address().equals(address);
        } catch (IllegalArgumentException e) {
            log.debug("'{}' is not where node {} can be", address, id, e);
            return false;
        }
    }
}
