package io.raftboot.replica.membership;

import io.raftboot.replica.machine.Members;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.MemberUp;
import io.raftboot.replica.proto.SystemCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the group's own state machine knows this member as it is: its address, and the incarnation of its
 * directory, by which a member that comes back with an empty one is recognised. Owned by the ticker.
 */
public final class MemberAnnouncement {
    private static final Logger log = LoggerFactory.getLogger(MemberAnnouncement.class);

    private final MemberRecord self;
    private final GroupCommands group;
    private volatile boolean underWay;
    private boolean conflictReported;

    public MemberAnnouncement(MemberRecord self, GroupCommands group) {
        this.self = self;
        this.group = group;
    }

    public void tick(Members members, boolean leaderKnown) {
        var known = members.get(self.getId());
        if (underWay || !leaderKnown || (known != null && asAddressed(known).equals(known))) {
            return;
        }
        if (known != null && known.getRemoved()) {
            return;
        }
        if (known != null && (isAnother(known) || known.getRuns() > self.getRuns())) {
            reportConflict();
            return;
        }
        underWay = true;
        var command =
                SystemCommand.newBuilder().setMemberUp(MemberUp.newBuilder().setMember(self));
        var unused = group.submit(command.build().toByteArray()).whenComplete((outcome, failure) -> underWay = false);
    }

    /** This member, where the group has it: somebody may have moved it since it has said where it is, or it may not say so at all. */
    private MemberRecord asAddressed(MemberRecord known) {
        boolean moved = self.getAddress().isEmpty() || known.getRunId() == self.getRunId();
        return moved ? self.toBuilder().setAddress(known.getAddress()).build() : self;
    }

    private boolean isAnother(MemberRecord known) {
        return known.getIncarnation() != 0 && known.getIncarnation() != self.getIncarnation();
    }

    private void reportConflict() {
        if (!conflictReported) {
            conflictReported = true;
            log.error(
                    "the cluster knows node {} with another data directory than this one, or a newer state of it; bring that"
                            + " back. {}",
                    self.getId(),
                    PeerIdentities.WITHOUT_IT);
        }
    }
}
