package io.raftboot.replica;

import io.raftboot.api.StateMachine;
import io.raftboot.proof.CoreState;
import io.raftboot.proof.ForcedFiles;
import io.raftboot.proof.Observer;
import io.raftboot.proof.WatchedDisk;
import io.raftboot.proof.WatchedTransport;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.CoreView;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.simulation.SimulatedDisk;
import io.raftboot.simulation.Simulation;
import io.raftboot.storage.disk.Disk;
import io.raftboot.transport.Transport;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Stands around the members of a simulation and tells an {@link Observer} what they do. Looks after each event at what is cheap to
 * look at, and tells what is another than before. Changes nothing of the course.
 */
final class Watcher {
    /** How many events lie between two looks at how much a member has of what must not grow. */
    private static final int AMOUNTS_EVERY = 256;

    /** What sessions and keys end by: part of the state, as a snapshot has it as well. */
    private static final String AGREED_TIME = "agreed time behind an entry";

    private final Simulation simulation;
    private final Observer observer;
    private final Map<Long, ForcedFiles> files = new TreeMap<>();
    private final Map<Long, Seen> members = new TreeMap<>();
    private final Map<Long, WatchedMachine> machines = new TreeMap<>();
    private final Amounts amounts;
    private long calls;
    private long looks;

    /** What a process of a member was like when it was looked at last. */
    private static final class Seen {
        private final RunningMember member;
        private final CoreView core;
        private CoreState state;
        private AppliedConfiguration configuration;
        private long appliedIndex;

        Seen(RunningMember member) {
            this.member = member;
            this.core = new CoreView(member.node());
            this.state = core.state(CoreState.NONE);
            this.configuration = core.configuration();
            this.appliedIndex = member.parts.links.applied().index();
        }
    }

    Watcher(Simulation simulation, Observer observer) {
        this.simulation = simulation;
        this.observer = observer;
        this.amounts = new Amounts(observer);
        simulation.events().afterEach(this::look);
    }

    Observer observer() {
        return observer;
    }

    // What a process is made of

    Disk disk(long id, Disk disk) {
        return new WatchedDisk(disk, files.computeIfAbsent(id, member -> new ForcedFiles(member, observer)));
    }

    Transport transport(long id, Transport transport) {
        return new WatchedTransport(id, transport, observer);
    }

    /** The slot of a machine, which is watched. */
    Map<String, MachineSlot> slots(long id, String name, StateMachine machine) {
        var watched = new WatchedMachine(id, machine, observer);
        var slots = MachineSlot.byName(Map.of(name, watched));
        machines.put(id, watched);
        watched.keptWith(Objects.requireNonNull(slots.get(name)).sessions());
        return slots;
    }

    /** Before the member is started. */
    void started(long id, RunningMember member) {
        var seen = new Seen(member);
        members.put(id, seen);
        observer.started(id, seen.core);
        observer.changed(id, CoreState.NONE, seen.state, seen.core);
        observer.configured(id, seen.configuration.index(), seen.configuration.state());
        observer.advanced(
                id, 0, seen.appliedIndex, member.parts.links.applied().now().term());
    }

    void crashed(long id, SimulatedDisk.Fate fate) {
        members.remove(id);
        observer.crashed(id, Observer.End.valueOf(fate.name()));
    }

    /** A member's directory is lost. */
    void wiped(long id) {
        files.remove(id);
    }

    long nextCall() {
        return calls++;
    }

    // After each event

    private void look() {
        for (var member : members.entrySet()) {
            look(member.getKey(), member.getValue());
        }
        if (looks++ % AMOUNTS_EVERY == 0) {
            members.forEach((id, seen) -> amounts.look(id, seen.member));
        }
        observer.afterEvent(simulation.events().nowNanos());
    }

    private void look(long id, Seen seen) {
        var state = seen.core.state(seen.state);
        if (!state.equals(seen.state)) {
            var before = seen.state;
            seen.state = state;
            observer.changed(id, before, state, seen.core);
        }
        var configuration = seen.core.configuration();
        if (!configuration.equals(seen.configuration)) {
            seen.configuration = configuration;
            observer.configured(id, configuration.index(), configuration.state());
        }
        var applied = seen.member.parts.links.applied().now();
        if (applied.index() != seen.appliedIndex) {
            long before = seen.appliedIndex;
            seen.appliedIndex = applied.index();
            observer.advanced(id, before, applied.index(), applied.term());
            observer.state(id, AGREED_TIME, applied.index(), applied.agreedTimeMillis(), false);
            Objects.requireNonNull(machines.get(id)).applied(applied.index());
        }
    }

    /** What a core has come to; null while its member is down. */
    @Nullable
    CoreState state(long id) {
        var seen = members.get(id);
        return seen == null ? null : seen.state;
    }
}
