package io.raftboot.transport;

import java.util.Objects;

/**
 * What a member says of one group that it takes part in.
 *
 * @param name name of the Raft group
 * @param run run of the member that is under way, with how far the group's log was when it began; {@link MemberRun#UNKNOWN} if
 *     it does not say
 * @param applySkips which entries it passes over, in the words of the layer above; empty for none
 */
public record GroupIdentity(String name, MemberRun run, String applySkips) {
    public GroupIdentity {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(applySkips, "applySkips");
    }
}
