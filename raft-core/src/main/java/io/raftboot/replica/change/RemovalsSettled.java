package io.raftboot.replica.change;

import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.membership.GroupCommands;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.SettleRemovals;
import io.raftboot.replica.proto.SystemCommand;

/**
 * Sees to it that the members that were removed are not needed any more, before anybody tells them to go. Whoever has a removal in its
 * log and does not know that it is committed counts with the old voters, and may need the vote of the one that was removed. So the
 * leader that has the removal in force has one more entry committed, by the voters that are left: each that acknowledges that entry
 * has written down with it that the removal is committed. Only what that entry names is told to go. Owned by the raft stage.
 */
public final class RemovalsSettled implements Duty {
    private final Links links;
    private final SystemMachine system;
    private final LeaderSeat seat;
    private final GroupCommands group;
    private final ChangeSupport support;
    private boolean underWay;

    public RemovalsSettled(
            Links links, SystemMachine system, LeaderSeat seat, GroupCommands group, ChangeSupport support) {
        this.links = links;
        this.system = system;
        this.seat = seat;
        this.group = group;
        this.support = support;
    }

    @Override
    public void tick(long nowNanos) {
        if (underWay || !seat.ready()) {
            return;
        }
        var open = system.members().byId().values().stream()
                .filter(member -> member.getRemoved() && !member.getRemovalSettled())
                .map(MemberRecord::getId)
                .filter(id -> !links.inForce().isMember(id))
                .toList();
        if (open.isEmpty() || support.lacking() != null) {
            return;
        }
        underWay = true;
        var command = SystemCommand.newBuilder()
                .setSettleRemovals(SettleRemovals.newBuilder().addAllIds(open))
                .build();
        var unused = group.submit(command.toByteArray())
                .whenComplete((outcome, failure) -> links.tasks().execute(() -> underWay = false));
    }
}
