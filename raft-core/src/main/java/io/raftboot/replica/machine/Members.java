package io.raftboot.replica.machine;

import io.raftboot.replica.proto.MemberRecord;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An immutable picture of the members that have said who they are. */
public record Members(TreeMap<Long, MemberRecord> byId) {
    public @Nullable MemberRecord get(long id) {
        return byId.get(id);
    }

    public Members with(MemberRecord member) {
        var copy = new TreeMap<>(byId);
        copy.put(member.getId(), member);
        return new Members(copy);
    }

    Members without(long id) {
        var copy = new TreeMap<>(byId);
        copy.remove(id);
        return new Members(copy);
    }
}
