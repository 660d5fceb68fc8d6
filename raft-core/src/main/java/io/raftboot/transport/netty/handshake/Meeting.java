package io.raftboot.transport.netty.handshake;

import io.raftboot.transport.ProcessIdentity;
import io.raftboot.transport.proto.GroupRefusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What two processes have agreed on in a handshake.
 *
 * @param remote the other process
 * @param version version of the protocol
 * @param groups those that the connection serves, at least one
 * @param refusals why it does not serve others
 */
public record Meeting(ProcessIdentity remote, int version, List<ServedGroup> groups, List<GroupRefusal> refusals) {
    public long peerId() {
        return remote.nodeId();
    }

    /** The group of this number; null if the connection serves none of it. */
    @Nullable
    public ServedGroup numbered(int number) {
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).number() == number) {
                return groups.get(i);
            }
        }
        return null;
    }

    /** The same without the groups that the other side does not want it for. */
    public Meeting without(List<GroupRefusal> refused) {
        var left = groups.stream()
                .filter(served -> refused.stream().noneMatch(refusal -> refusal.getName()
                        .equals(served.group().name())))
                .toList();
        return new Meeting(remote, version, left, refusals);
    }
}
