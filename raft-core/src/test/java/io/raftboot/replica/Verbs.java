package io.raftboot.replica;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.MemberChange;
import io.raftboot.api.MembershipView;
import io.raftboot.proof.Sometimes;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.proto.ChangeRecord;
import io.raftboot.replica.proto.ChangeState;
import io.raftboot.simulation.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Who changes the members of a world by the product's own verbs, through any member: asks for what may be refused, asks again where it
 * was not told what came of it, and remembers what was accepted, each of which has to end.
 */
final class Verbs {
    private static final int KINDS = 10;
    private static final int MOST_REPETITIONS = 5;

    /** In one of so many cases what was accepted is asked for once more, by somebody who has not heard the answer. */
    private static final int NOT_HEARD = 4;

    /** One of so many changes somebody thinks better of. */
    private static final int REGRETTED = 6;

    /** Election timeouts in which a change gets on, or says what it waits for, once all is well. */
    private static final int PATIENCE = 5;

    private static final int MOST_SILENT_LOOKS = 3;

    private final Simulation simulation;
    private final World world;

    /** Who begins a process under a new id, or under one that was there before. */
    private final IntFunction<Long> newcomers;

    /** Of the changes that were accepted, who was asked. */
    private final TreeMap<Long, Long> accepted = new TreeMap<>();

    /** Changes of which somebody was told that they were cancelled. */
    private final Set<Long> cancelled = new TreeSet<>();

    /** The change that was begun under a key. */
    private final TreeMap<String, Long> byKey = new TreeMap<>();

    private final Set<Long> moved = new TreeSet<>();
    private long keys;
    private long seenChange;
    private long seenLeader;
    private Progress progress = new Progress(0, 0, 0);
    private long progressNanos;
    private int silentLooks;
    private boolean ended;

    /** How far a change was when it was looked at, and under whom. */
    private record Progress(long change, int done, long leader) {}

    /** Somebody's wish, under a key where it may be asked for again. */
    private record Wish(MemberChange change, ChangeOptions options, Consumer<ChangeOutcome> then) {
        boolean isRepeatable() {
            return options.idempotencyKey() != null;
        }
    }

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
        var options = what / KINDS % 2 == 0
                ? ChangeOptions.DEFAULTS
                : ChangeOptions.DEFAULTS.withIdempotencyKey("wish-" + ++keys);
        through.host().after(0, "asks to change the members", () -> {
            long version = through.running().parts.machines.system().configurationIndex();
            var made = careful ? options.withVersion(Math.max(1, version)) : options;
            ask(through, new Wish(change, made, outcome -> {}), 0);
        });
        return true;
    }

    /** Nobody asks again. */
    void end() {
        ended = true;
    }

    /** Asks for a change through one of those that are up, and goes on with what that comes to. */
    void ask(MemberChange change, int who, Consumer<ChangeOutcome> then) {
        if (change instanceof MemberChange.Move move) {
            moved.add(move.member().id());
        }
        var up = world.up();
        if (!up.isEmpty()) {
            var through = up.get(who % up.size());
            var options = ChangeOptions.DEFAULTS.withIdempotencyKey("wish-" + ++keys);
            through.host()
                    .after(0, "asks to change the members", () -> ask(through, new Wish(change, options, then), 0));
        }
    }

    private void ask(SimulatedMember through, Wish wish, int repetitions) {
        var unused = through.running()
                .membership()
                .change(wish.change(), wish.options())
                .thenAccept(outcome -> answered(through.id(), wish, outcome, repetitions));
    }

    private void answered(long through, Wish wish, ChangeOutcome outcome, int repetitions) {
        simulation.note(
                "operator",
                wish.change() + " through " + through + ": "
                        + outcome.getClass().getSimpleName()
                        + (outcome instanceof ChangeOutcome.Accepted yes
                                ? " " + yes.change().id()
                                : "")
                        + (outcome instanceof ChangeOutcome.Refused no ? " " + no.reason() : ""));
        if (outcome instanceof ChangeOutcome.Accepted yes && yes.change().id() != 0) {
            accepted(through, wish, yes.change().id());
        } else if (outcome instanceof ChangeOutcome.Refused) {
            world.proof().happened(through, Sometimes.CHANGE_REFUSED);
        }
        boolean isOpen = outcome instanceof ChangeOutcome.Undecided
                || (outcome instanceof ChangeOutcome.Refused no && no.reason() == ChangeOutcome.Reason.NO_LEADER)
                || (outcome instanceof ChangeOutcome.Accepted yes
                        && repetitions == 0
                        && yes.change().id() % NOT_HEARD == 0);
        if (isOpen && wish.isRepeatable() && repetitions < MOST_REPETITIONS && !ended) {
            simulation.events().after(world.mix().electionTimeout().toNanos(), () -> askAgain(wish, repetitions + 1));
        } else {
            wish.then().accept(outcome);
        }
    }

    private void askAgain(Wish wish, int repetitions) {
        var up = world.up();
        if (!up.isEmpty() && !ended) {
            var through = up.get(repetitions % up.size());
            through.host().after(0, "asks again to change the members", () -> ask(through, wish, repetitions));
        }
    }

    private void accepted(long through, Wish wish, long id) {
        accepted.put(id, through);
        var key = wish.options().idempotencyKey();
        var before = key == null ? null : byKey.putIfAbsent(key, id);
        if (before == null) {
            world.proof().happened(through, Sometimes.CHANGE_BEGUN);
            if (id % REGRETTED == 0) {
                cancelSoon(id);
            }
        } else if (before == id) {
            world.proof().happened(through, Sometimes.CHANGE_ASKED_FOR_AGAIN);
        } else {
            world.found("what was asked for with the key " + key + " is change " + before + ", and change " + id);
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
        var forgetful = world.operator().forgetfulMembers(state);
        if (!forgetful.isEmpty() && more % 2 == 0) {
            // To be added anew, with another directory, by a later wish.
            return new MemberChange.Remove(forgetful.get(who % forgetful.size()));
        }
        return switch (what % KINDS) {
            case 1, 2, 3 -> members.size() >= Operator.MOST_MEMBERS ? null : add(what);
            case 4 -> new MemberChange.Promote(one);
            case 5 -> new MemberChange.Demote(one);
            case 6 -> new MemberChange.Remove(one);
            case 7 -> new MemberChange.Replace(List.of(address(newcomers.apply(what))), List.of(one));
            case 8 -> move(one);
            default -> target(members, more);
        };
    }

    private MemberChange move(long id) {
        moved.add(id);
        return new MemberChange.Move(address(id));
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

    private MemberChange.Address address(long id) {
        return new MemberChange.Address(id, world.address(id));
    }

    /** Whether somebody has said where it is, which counts until its next run. */
    boolean hasBeenMoved(long id) {
        return moved.contains(id);
    }

    private boolean cancel(SimulatedMember through) {
        var running = through.running().parts.machines.system().changes().running();
        if (running == null) {
            return false;
        }
        cancel(through, running.getId());
        return true;
    }

    private void cancelSoon(long change) {
        simulation.events().after(change % 4 * world.mix().electionTimeout().toNanos() / 2, () -> {
            var up = world.up();
            if (!up.isEmpty()) {
                cancel(up.get((int) (change % up.size())), change);
            }
        });
    }

    private void cancel(SimulatedMember through, long change) {
        through.host().after(0, "asks to cancel a change", () -> {
            var unused = through.running()
                    .membership()
                    .cancel(change, "the operator")
                    .thenAccept(outcome -> {
                        if (outcome instanceof ChangeOutcome.Accepted) {
                            cancelled.add(change);
                        }
                    });
        });
    }

    /**
     * One step towards an end of all changes; whether none is under way. Each has time to get on by itself, as all that it can need is
     * there, and is cancelled then, if it says what it waits for all the same.
     */
    boolean settle(SimulatedMember leader) {
        look();
        var running = leader.running().parts.machines.system().changes().running();
        if (running == null) {
            return true;
        }
        long now = simulation.events().nowNanos();
        var present = new Progress(running.getId(), running.getDone(), leader.id());
        if (!present.equals(progress)) {
            progress = present;
            progressNanos = now;
            silentLooks = 0;
        } else if (!isThere(running)) {
            cancel(leader, running.getId());
        } else if (now - progressNanos
                >= PATIENCE * world.mix().electionTimeout().toNanos()) {
            leader.host().after(0, "is asked how a change is", () -> {
                var unused = leader.running()
                        .membership()
                        .view(world.mix().electionTimeout())
                        .thenAccept(view -> stands(leader, view.change()));
            });
        }
        return false;
    }

    /** Whether the processes of all whom it names run; else it waits for what does not come any more. */
    private boolean isThere(ChangeRecord change) {
        return change.getStepsList().stream()
                .flatMap(step -> step.getChangesList().stream())
                .filter(single -> single.getType() != ConfChangeType.CONF_CHANGE_REMOVE_NODE)
                .allMatch(single -> world.member(single.getNodeId()).isUp());
    }

    private void stands(SimulatedMember leader, MembershipView.@Nullable Change change) {
        if (change == null || change.id() != progress.change() || !leader.isUp()) {
            return;
        }
        if (!change.message().isEmpty()) {
            simulation.note("operator", "gives up change " + change.id() + ": " + change.message());
            cancel(leader, change.id());
        } else if (leader.leads() && ++silentLooks > MOST_SILENT_LOOKS) {
            world.found("change " + change.id() + " does not get on under member " + leader.id()
                    + ", which does not say why: " + change);
        }
    }

    /** What was accepted and has not ended as it should, as a member knows it; to be asked when all is over. */
    List<String> unended(SimulatedMember member) {
        var changes = member.running().parts.machines.system().changes();
        var wrong = new ArrayList<String>();
        for (var ended : changes.past()) {
            world.proof().happened(member.id(), end(ended.getState()));
            if (cancelled.contains(ended.getId()) && ended.getState() != ChangeState.CHANGE_CANCELLED) {
                wrong.add("change " + ended.getId() + " was said to be cancelled, and is " + ended.getState()
                        + " as member " + member.id() + " knows it");
            }
        }
        long oldest = changes.past().isEmpty()
                ? Long.MAX_VALUE
                : changes.past().get(0).getId();
        accepted.keySet().stream()
                .filter(id -> id >= oldest || changes.past().isEmpty())
                .filter(id -> changes.past().stream().noneMatch(ended -> ended.getId() == id))
                .map(id -> "change " + id + " was accepted through member " + accepted.get(id) + ", and member "
                        + member.id() + " knows of no end of it")
                .forEach(wrong::add);
        return wrong;
    }

    private static Sometimes end(ChangeState state) {
        return switch (state) {
            case CHANGE_DONE -> Sometimes.CHANGE_DONE;
            case CHANGE_FAILED -> Sometimes.CHANGE_FAILED;
            default -> Sometimes.CHANGE_CANCELLED;
        };
    }
}
