package io.raftboot.replica;

import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.MemberChange;
import io.raftboot.proof.Sometimes;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.simulation.Simulation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Processes of a world that come where nobody has asked for them: new ones that announce themselves, those that were removed with the
 * directory that they had, and members that come back at another address.
 */
final class Arrivals {
    private static final int MOST_WAITING = 3;
    private static final int MOST_PROCESSES = 12;

    /** Behind which who announces itself has been heard, where all is well. */
    private static final int ELECTION_TIMEOUTS_TO_BE_HEARD = 4;

    private final Simulation simulation;
    private final World world;

    /** Those that nobody has asked for, and whether they were members before. */
    private final TreeMap<Long, Boolean> uninvited = new TreeMap<>();

    Arrivals(Simulation simulation, World world) {
        this.simulation = simulation;
        this.world = world;
    }

    /** Those that somebody has ever asked for, which may take effect late. */
    private final Set<Long> everInvited = new TreeSet<>();

    private boolean ended;

    /** What is still to come does not. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Somebody wants it to be a member. */
    void invited(long id) {
        uninvited.remove(id);
        everInvited.add(id);
    }

    /** It has become a member, whoever wanted it. */
    void arrived(long id) {
        uninvited.remove(id);
    }

    /** Whether nobody has ever asked for it. */
    boolean isUnasked(long id) {
        return uninvited.containsKey(id) && !everInvited.contains(id);
    }

    /** Those that wait for somebody to want them. */
    List<Long> waiting() {
        return uninvited.keySet().stream()
                .filter(id -> world.member(id).isUp() && !world.operator().isConcerned(id))
                .toList();
    }

    /** A new process, or one under an id that was removed, each with an empty directory. */
    boolean join(int who, int what) {
        var present = world.operator().present();
        if (present == null || waiting().size() >= MOST_WAITING || world.up().size() >= MOST_PROCESSES) {
            return false;
        }
        var former = removed(world.operator().former(present));
        long id = former.isEmpty() || what % 3 == 0 ? world.newId() : former.get(who % former.size());
        var known = known(present, who, what / 3);
        world.operator().prepare(id, known);
        come(id);
        if (what / 9 % 3 == 0) {
            after(2, () -> loseDirectory(id, known));
        }
        return true;
    }

    /** Those that were members, or all if none was. */
    private List<Long> removed(List<Long> former) {
        var removed = former.stream().filter(world.membership()::wasMember).toList();
        return removed.isEmpty() ? former : removed;
    }

    /** One that is no leader, all of them, or some. */
    private List<Long> known(ConfState present, int who, int what) {
        var leader = world.leader();
        var members = Operator.members(present);
        var followers = members.stream()
                .filter(id -> (leader == null || leader.id() != id)
                        && world.member(id).appliedIndex() > 0)
                .toList();
        if (what % 3 == 0 && !followers.isEmpty()) {
            return List.of(followers.get(who % followers.size()));
        }
        if (what % 3 == 1) {
            return members;
        }
        var some = new ArrayList<Long>();
        for (long id : members) {
            if (some.isEmpty() || (what >> some.size()) % 2 == 0) {
                some.add(id);
            }
        }
        return some;
    }

    private void come(long id) {
        uninvited.put(id, world.membership().wasMember(id));
        world.start(id);
        after(ELECTION_TIMEOUTS_TO_BE_HEARD, () -> lookWhetherItWaits(id));
    }

    private void lookWhetherItWaits(long id) {
        if (waitsInVain(id)) {
            world.proof().happened(id, Sometimes.REMOVED_ID_WAITED);
        } else if (uninvited.containsKey(id) && isHeard(id)) {
            world.proof().happened(id, Sometimes.JOINER_WAITED);
        }
    }

    private boolean isHeard(long id) {
        var says = world.member(id).joining();
        return says != null && says.contains("no member yet");
    }

    /** Whether it would be let in by itself, had it not been removed. */
    boolean waitsInVain(long id) {
        return world.mix().membershipPolicy().acceptJoins()
                && world.membership().wasMember(id)
                && isHeard(id);
    }

    /** While it waits: it comes again with another directory, and both may be known under its id for a time. */
    private void loseDirectory(long id, Collection<Long> known) {
        if (!waiting().contains(id)
                || world.leader() == null
                || world.member(id).hasState()) {
            return;
        }
        world.crash(world.member(id), Fate.LOST);
        world.operator().prepare(id, known);
        world.start(id);
        // Somebody may want it just then.
        var address = new MemberChange.Address(id, world.address(id));
        after(1, () -> {
            invited(id);
            world.operator()
                    .verbs()
                    .ask(new MemberChange.Add(address, MemberChange.Promotion.AUTO), (int) id, outcome -> {});
        });
    }

    private void after(int electionTimeouts, Runnable action) {
        simulation
                .events()
                .after(electionTimeouts * world.mix().electionTimeout().toNanos(), () -> {
                    if (!ended) {
                        action.run();
                    }
                });
    }

    /** One that is no member any more comes back with the directory that it had, and somebody may want it to be one, too. */
    boolean revive(int who, int what) {
        var present = world.operator().present();
        if (present == null) {
            return false;
        }
        var former = world.operator().former(present).stream()
                .filter(id -> world.member(id).isDown() && world.member(id).hasState())
                .toList();
        if (former.isEmpty()) {
            return false;
        }
        long id = former.get(who % former.size());
        uninvited.put(id, world.membership().wasMember(id));
        world.revive(id);
        if (what % 2 == 0) {
            addAnew(id, who, what);
        }
        return true;
    }

    /** Whoever wants it back is told to give it an empty directory, and does so in the end. */
    private void addAnew(long id, int who, int what) {
        var address = new MemberChange.Address(id, world.address(id));
        invited(id);
        world.operator().verbs().ask(new MemberChange.Add(address, MemberChange.Promotion.AUTO), who, outcome -> {
            if (outcome instanceof ChangeOutcome.Accepted) {
                after(ELECTION_TIMEOUTS_TO_BE_HEARD, () -> renew(id, who, what));
            }
        });
    }

    private void renew(long id, int who, int what) {
        var present = world.operator().present();
        if (present != null
                && world.member(id).isDown()
                && world.dismissed().contains(id)
                && !Operator.members(present).contains(id)) {
            world.operator().prepare(id, known(present, who, what / 3));
            world.start(id);
        }
    }

    /** A member comes back at another address. */
    boolean move(int who, int what) {
        var present = world.operator().present();
        var able = present == null
                ? List.<Long>of()
                : Operator.members(present).stream().filter(this::canMove).toList();
        if (able.isEmpty()) {
            return false;
        }
        long id = able.get(who % able.size());
        if (what % 2 == 0) {
            var next = new MemberChange.Address(id, world.nextAddress(id));
            world.operator().verbs().ask(new MemberChange.Move(next), who, outcome -> {
                if (outcome instanceof ChangeOutcome.Accepted
                        && world.nextAddress(id).equals(next.address())) {
                    after(1, () -> moveTold(id, next.address(), what / 2));
                }
            });
            return true;
        }
        moveNow(id, what / 2);
        return true;
    }

    private void moveTold(long id, String address, int what) {
        if (canMove(id) && world.nextAddress(id).equals(address)) {
            moveNow(id, what);
            world.proof().happened(id, Sometimes.MOVED_AS_TOLD);
        }
    }

    /** Who has yet to begin must do so with the list of members that all others have. */
    private boolean canMove(long id) {
        var member = world.member(id);
        return !world.dismissed().contains(id) && member.hasState() && (member.isUp() || member.isDown());
    }

    private void moveNow(long id, int what) {
        world.move(id, List.of(Fate.values()).get(what % Fate.values().length));
        if (what / 3 % 3 > 0) {
            world.start(id);
        }
    }
}
