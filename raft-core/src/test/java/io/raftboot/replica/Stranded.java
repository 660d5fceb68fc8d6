package io.raftboot.replica;

import io.raftboot.raft.proto.ConfState;
import java.util.List;

/**
 * Members of which nobody knows where they are, and who know of nobody, because all have moved, or those that have a place of theirs in no
 * entry: nobody finds such a one but its operator, who starts it with a list of where the others are.
 */
final class Stranded {
    private final World world;

    Stranded(World world) {
        this.world = world;
    }

    /** Starts those of the configuration anew; whether there were any. */
    boolean help(ConfState state) {
        var members = Operator.members(state);
        var stranded = members.stream()
                .map(world::member)
                .filter(member -> world.places().haveMoved() && isAlone(member, members))
                .toList();
        for (var member : stranded) {
            world.startTold(member.id(), members);
        }
        return !stranded.isEmpty();
    }

    private boolean isAlone(SimulatedMember member, List<Long> members) {
        return member.isUp()
                && member.running().view().leaderId() == 0
                && members.size() > 1
                && members.stream()
                        .filter(other -> other != member.id())
                        .map(world::member)
                        .noneMatch(other -> finds(member, other.id()) || (other.isUp() && finds(other, member.id())));
    }

    private boolean finds(SimulatedMember member, long id) {
        return member.running().parts.connections.all().stream()
                .anyMatch(record -> record.getId() == id && record.getAddress().equals(world.address(id)));
    }
}
