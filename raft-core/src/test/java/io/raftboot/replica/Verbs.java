package io.raftboot.replica;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.MemberChange;
import io.raftboot.proof.Sometimes;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.proto.ChangeState;
import io.raftboot.simulation.Simulation;
import io.raftboot.simulation.network.SimulatedNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Who changes the members of a world by the product's own verbs, through any member: asks for what may be refused, and remembers what
 * was accepted, each of which has to end.
 */
final class Verbs {
    private static final int KINDS = 10;

    private final Simulation simulation;
    private final World world;

    /** Who begins a process under a new id, or under one that was there before. */
    private final IntFunction<Long> newcomers;

    /** Of the changes that were accepted, who was asked. */
    private final TreeMap<Long, Long> accepted = new TreeMap<>();

    private long seenChange;
    private long seenLeader;

    /** @param newcomers has a process with an empty directory begin, now or later, and gives its id */
    Verbs(Simulation simulation, World world, IntFunction<Long> newcomers) {
        this.simulation = simulation;
        this.world = world;
        this.newcomers = newcomers;
    }

    /**
     * Asks one of those that are up for a change.
     *
     * @return whether there was one to ask for
     */
    boolean change(int who, int what) {
        look();
        var up = world.up();
        if (up.isEmpty()) {
            return false;
        }
        var through = up.get(who % up.size());
        var state = through.running().configuration().state();
        if (what % KINDS == 0) {
            return cancel(through);
        }
        var change = state.getVotersCount() == 0 ? null : wish(state, who, what);
        if (change == null) {
            return false;
        }
        // Now and then made for a configuration that may be over.
        boolean careful = what / KINDS % 3 == 0;
        through.host().after(0, "asks to change the members", () -> {
            var running = through.running();
            var options = careful
                    ? ChangeOptions.DEFAULTS.withVersion(
                            Math.max(1, running.parts.machines.system().configurationIndex()))
                    : ChangeOptions.DEFAULTS;
            var unused = running.membership()
                    .change(change, options)
                    .thenAccept(outcome -> answered(through.id(), change, outcome));
        });
        return true;
    }

    private void answered(long through, MemberChange change, ChangeOutcome outcome) {
        simulation.note(
                "operator",
                change + " through " + through + ": "
                        + outcome.getClass().getSimpleName()
                        + (outcome instanceof ChangeOutcome.Accepted yes
                                ? " " + yes.change().id()
                                : "")
                        + (outcome instanceof ChangeOutcome.Refused no ? " " + no.reason() : ""));
        if (outcome instanceof ChangeOutcome.Accepted yes) {
            accepted.put(yes.change().id(), through);
            world.proof().happened(through, Sometimes.CHANGE_BEGUN);
        } else if (outcome instanceof ChangeOutcome.Refused) {
            world.proof().happened(through, Sometimes.CHANGE_REFUSED);
        }
    }

    /** Now and then: whether another one leads now, and goes on with what was begun under the one before. */
    private void look() {
        var leader = world.leader();
        var running = leader == null
                ? null
                : leader.running().parts.machines.system().changes().running();
        if (leader == null || running == null) {
            return;
        }
        if (running.getId() == seenChange && leader.id() != seenLeader) {
            world.proof().happened(leader.id(), Sometimes.CHANGE_TAKEN_OVER);
        }
        seenChange = running.getId();
        seenLeader = leader.id();
    }

    private @Nullable MemberChange wish(ConfState state, int who, int what) {
        var members = Operator.members(state);
        long one = members.get(who % members.size());
        int more = what / KINDS;
        return switch (what % KINDS) {
            case 1, 2, 3 -> members.size() >= Operator.MOST_MEMBERS ? null : add(what);
            case 4 -> new MemberChange.Promote(one);
            case 5 -> new MemberChange.Demote(one);
            case 6 -> new MemberChange.Remove(one);
            case 7 -> new MemberChange.Replace(List.of(address(newcomers.apply(what))), List.of(one));
            case 8 -> new MemberChange.Move(address(one));
            default -> target(members, more);
        };
    }

    private MemberChange add(int what) {
        var promotion = what / KINDS % 4 == 0 ? MemberChange.Promotion.MANUAL : MemberChange.Promotion.AUTO;
        return new MemberChange.Add(address(newcomers.apply(what)), promotion);
    }

    /** Some of those that are there, and sometimes a new one. */
    private MemberChange target(List<Long> members, int more) {
        var wanted = new ArrayList<MemberChange.Wanted>();
        for (int i = 0; i < members.size(); i++) {
            if ((more >> i & 3) != 0) {
                wanted.add(new MemberChange.Wanted(members.get(i), null, (more >> i & 5) != 5));
            }
        }
        if (members.size() < Operator.MOST_MEMBERS && more % 3 == 0) {
            var newcomer = address(newcomers.apply(more));
            wanted.add(new MemberChange.Wanted(newcomer.id(), newcomer.address(), true));
        }
        return new MemberChange.Target(wanted);
    }

    private static MemberChange.Address address(long id) {
        return new MemberChange.Address(id, SimulatedNetwork.address(id) + ":" + SimulatedNetwork.PORT);
    }

    private boolean cancel(SimulatedMember through) {
        var running = through.running().parts.machines.system().changes().running();
        if (running == null) {
            return false;
        }
        cancel(through, running.getId());
        return true;
    }

    private void cancel(SimulatedMember through, long change) {
        through.host().after(0, "asks to cancel a change", () -> {
            var unused = through.running().membership().cancel(change, "the operator");
        });
    }

    /** One step towards an end of all changes; whether none is under way. */
    boolean settle(SimulatedMember leader) {
        look();
        var running = leader.running().parts.machines.system().changes().running();
        if (running != null) {
            cancel(leader, running.getId());
        }
        return running == null;
    }

    /** What was accepted and has not ended, as a member knows it; to be asked when all is over. */
    List<String> unended(SimulatedMember member) {
        var changes = member.running().parts.machines.system().changes();
        for (var ended : changes.past()) {
            world.proof()
                    .happened(
                            member.id(),
                            ended.getState() == ChangeState.CHANGE_DONE
                                    ? Sometimes.CHANGE_DONE
                                    : Sometimes.CHANGE_CANCELLED);
        }
        long oldest = changes.past().isEmpty()
                ? Long.MAX_VALUE
                : changes.past().get(0).getId();
        return accepted.keySet().stream()
                .filter(id -> id >= oldest || changes.past().isEmpty())
                .filter(id -> changes.past().stream().noneMatch(ended -> ended.getId() == id))
                .map(id -> "change " + id + " was accepted through member " + accepted.get(id) + ", and member "
                        + member.id() + " knows of no end of it")
                .toList();
    }
}
