package io.raftboot.autoconfigure.members;

import io.raftboot.api.MembershipView;
import io.raftboot.autoconfigure.properties.PeerChecks;
import io.raftboot.replica.config.Peer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is not the same in the members that are configured here and those that the group has. The group's count: a configuration is
 * for the first start of a cluster, and says later where others are looked for.
 *
 * @param own id of this member
 * @param join whether this member was configured to join, and so with others that it asks only
 * @param configured the members of {@code raft.peers}
 * @param group the members of the group, as far as they are known here
 */
public record Drift(long own, boolean join, List<Peer> configured, MembershipView group) {
    /** A member that is at another address than is configured. */
    public record Moved(long id, String configured, String actual) {}

    public Drift {
        configured = List.copyOf(configured);
    }

    /** Whether there is anything to say. Nothing is where the members of the group are not known. */
    public boolean isThere() {
        return !text().isEmpty();
    }

    /** Members that are not configured here. */
    public List<Long> notConfigured() {
        return !isComparable() || join
                ? List.of()
                : group.members().stream()
                        .map(MembershipView.Member::id)
                        .filter(id -> id != own && configured(id) == null)
                        .toList();
    }

    /** Those configured here that are no members. */
    public List<Long> noMembers() {
        return isComparable()
                ? compared().stream()
                        .map(Peer::id)
                        .filter(id -> group.member(id).isEmpty())
                        .toList()
                : List.of();
    }

    /** Members that are elsewhere. One that has not said where it is differs from nothing. */
    public List<Moved> moved() {
        List<Moved> moved = new ArrayList<>();
        if (isComparable()) {
            for (Peer peer : compared()) {
                String actual = group.member(peer.id())
                        .map(MembershipView.Member::address)
                        .orElse("");
                if (!actual.isEmpty() && !PeerChecks.isSameAddress(peer, actual)) {
                    moved.add(new Moved(peer.id(), peer.address(), actual));
                }
            }
        }
        return moved;
    }

    /** One sentence for each kind of difference; empty if there is none. */
    public List<String> text() {
        List<String> text = new ArrayList<>();
        if (!notConfigured().isEmpty()) {
            text.add(nodes(notConfigured()) + " of the group, but not in raft.peers here");
        }
        if (!noMembers().isEmpty()) {
            text.add(nodes(noMembers()) + " in raft.peers here, but not of the group");
        }
        for (Moved moved : moved()) {
            text.add("node " + moved.id() + " is at " + moved.actual() + ", and in raft.peers here at "
                    + moved.configured());
        }
        return text;
    }

    /** How {@code raft.peers} would have to be written here for there to be no difference. */
    public String peersOfTheGroup() {
        Map<Long, String> entries = new TreeMap<>();
        for (MembershipView.Member member : group.members()) {
            Peer peer = configured(member.id());
            String address = member.address().isEmpty() && peer != null ? peer.address() : member.address();
            entries.put(member.id(), member.id() + "@" + (address.isEmpty() ? "HOST:PORT" : address));
        }
        return entries.values().stream().collect(Collectors.joining(","));
    }

    /**
     * The members as they are configured here, in the words of a wish for them; null where there is no difference, or where this
     * configuration names only those that a joining member asks.
     */
    public @Nullable Map<String, Object> wish() {
        if (!isThere() || join || configured.isEmpty()) {
            return null;
        }
        Map<String, Object> wish = new LinkedHashMap<>();
        wish.put("version", group.version());
        wish.put(
                "members",
                configured.stream()
                        .map(peer -> {
                            Map<String, Object> member = new LinkedHashMap<>();
                            member.put("id", peer.id());
                            member.put("address", peer.address());
                            member.put(
                                    "voter",
                                    group.member(peer.id())
                                            .map(MembershipView.Member::voter)
                                            .orElse(true));
                            return member;
                        })
                        .toList());
        return wish;
    }

    /** What is compared at all: a member that joins is configured with whom it asks, and only its own entry says anything. */
    private List<Peer> compared() {
        return join ? configured.stream().filter(peer -> peer.id() == own).toList() : configured;
    }

    /** Whether the members of the group are known here. Where they are not, nothing differs from them. */
    public boolean isComparable() {
        return !group.members().isEmpty();
    }

    private @Nullable Peer configured(long id) {
        return configured.stream().filter(peer -> peer.id() == id).findFirst().orElse(null);
    }

    private static String nodes(List<Long> ids) {
        String list = ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return ids.size() == 1 ? "node " + list + " is" : "nodes " + list + " are";
    }
}
