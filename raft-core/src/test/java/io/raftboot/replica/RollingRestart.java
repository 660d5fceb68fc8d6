package io.raftboot.replica;

import io.raftboot.proof.Sometimes;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Has the members of a world end in order and come back, one after the other, as whoever rolls out a new version does: the next one
 * once the one before has applied what the leader had by then, or has taken too long.
 */
final class RollingRestart {
    private static final int LOOKS_PER_ELECTION_TIMEOUT = 4;

    /** Looks until the next one is taken in any case: the others may be down, cut off or without a leader. */
    private static final int PATIENCE_LOOKS = 60;

    private final World world;
    private final Queue<SimulatedMember> left = new ArrayDeque<>();
    private int looks;

    RollingRestart(World world) {
        this.world = world;
    }

    /** Returns whether it begins: one at a time. */
    boolean begin() {
        if (!left.isEmpty()) {
            return false;
        }
        left.addAll(world.up());
        restartNext();
        return true;
    }

    /** Whoever is down meanwhile is somebody else's concern. */
    void end() {
        left.clear();
    }

    private void restartNext() {
        var member = left.peek();
        if (member == null) {
            return;
        }
        looks = 0;
        if (member.isUp()) {
            member.handOverAndStop();
        }
        again(() -> awaitDown(member));
    }

    private void again(Runnable look) {
        long pauseNanos = world.mix().electionTimeout().toNanos() / LOOKS_PER_ELECTION_TIMEOUT;
        world.simulation().events().after(pauseNanos, () -> {
            if (!left.isEmpty()) {
                looks++;
                look.run();
            }
        });
    }

    private void awaitDown(SimulatedMember member) {
        if (member.isDown() && !world.dismissed().contains(member.id())) {
            world.start(member.id());
            again(() -> awaitCaughtUp(member));
        } else if (looks < PATIENCE_LOOKS) {
            again(() -> awaitDown(member));
        } else {
            next(member);
        }
    }

    private void awaitCaughtUp(SimulatedMember member) {
        var leader = world.leader();
        boolean caughtUp = leader != null && member.isUp() && member.appliedIndex() >= leader.appliedIndex();
        if (caughtUp || looks >= PATIENCE_LOOKS) {
            next(member);
        } else {
            again(() -> awaitCaughtUp(member));
        }
    }

    private void next(SimulatedMember member) {
        left.remove();
        if (left.isEmpty() && looks < PATIENCE_LOOKS) {
            world.proof().happened(member.id(), Sometimes.ROLLED_OVER_ALL_MEMBERS);
        }
        restartNext();
    }
}
