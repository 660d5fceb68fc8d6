package io.raftboot.replica.divergence;

import io.raftboot.api.Outcome;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.config.DivergencePolicy;
import io.raftboot.replica.machine.EntryCommand;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.Machines;
import io.raftboot.replica.machine.SystemMachine;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Hashes what commands come to: each result as it comes, and the states at indexes that all members have in common. The states are
 * captured here, between two commands, and written and hashed by another thread; if that does not keep up, indexes are left out.
 * Owned by the apply stage, but for what says any thread.
 */
public final class AppliedHashes {
    /** States that were captured and not hashed yet; each may hold a copy of the state. */
    static final int MAX_UNDER_WAY = 64;

    private final Logger log = QuietLogger.of(AppliedHashes.class);
    private final DivergencePolicy policy;
    private final Machines machines;
    private final Executor hasher;
    private final Consumer<HashPoint> hashed;
    private final @Nullable RestoreDrill drill;
    private final @Nullable ResultLog results;
    private final Map<String, MachineResults> byMachine = new TreeMap<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean ended;

    /** Of the entry that is being applied, if it is a command of the application's. */
    private @Nullable MachineResults presentMachine;

    private long presentHash = Hash64.NONE;
    private @Nullable String presentName;

    /** What is remembered of one machine between two points. */
    private static final class MachineResults {
        private final MachineSlot slot;

        /** Whether it tells its commands apart. */
        private final boolean namesCommands;

        private Hash64 sinceLastPoint = new Hash64();

        /** Newest entry whose result was not seen here: it was in the state already. */
        private long unseenIndex;

        private MachineResults(MachineSlot slot) {
            this.slot = slot;
            this.namesCommands = !slot.machine().commandNames().isEmpty();
        }
    }

    /**
     * @param hasher may reject what is given to it: then there is no hash
     * @param hashed told of each point, in the order of their indexes
     */
    public AppliedHashes(DivergencePolicy policy, Machines machines, Executor hasher, Consumer<HashPoint> hashed) {
        this.policy = policy;
        this.machines = machines;
        this.hasher = hasher;
        this.hashed = hashed;
        this.results = policy.isOn() ? new ResultLog(policy.everyEntries()) : null;
        Long seed = policy.restoreSeed();
        this.drill = policy.isOn() && seed != null
                ? new RestoreDrill(seed, machines.byName().values())
                : null;
    }

    /** None at all. */
    public static AppliedHashes none(Machines machines) {
        return new AppliedHashes(DivergencePolicy.off(), machines, task -> {}, point -> {});
    }

    /** The state machines are as of what the log begins behind, or of a snapshot, whatever they were before. */
    public void begin() {
        if (!policy.isOn()) {
            return;
        }
        for (MachineSlot slot : machines.byName().values()) {
            var machine = byMachine.computeIfAbsent(slot.name(), name -> new MachineResults(slot));
            machine.unseenIndex = slot.appliedIndex();
            machine.sinceLastPoint = new Hash64();
        }
    }

    /** The entry that is being applied is a command with this outcome. */
    public void outcome(EntryCommand envelope, Outcome outcome) {
        var machine = policy.isOn() ? byMachine.get(envelope.machine()) : null;
        if (machine != null) {
            presentMachine = machine;
            presentHash = hash(envelope.machine(), outcome);
            presentName = name(machine, envelope);
        }
    }

    /** The entry is applied, and whoever waits for it has been told. */
    public void applied(Entry entry) {
        if (results == null) {
            return;
        }
        long index = entry.getIndex();
        results.add(index, presentHash, presentName);
        if (presentMachine != null) {
            presentMachine.sinceLastPoint.add(index).add(presentHash);
        }
        presentMachine = null;
        presentHash = Hash64.NONE;
        presentName = null;
        if (drill != null && drill.isDue(index)) {
            drill.restore(index);
        }
        if (index % policy.everyEntries() == 0) {
            capture(index);
        }
    }

    /** On the apply stage: what is known of the results of single entries. */
    public void lookUp(long behindIndex, long lastIndex, Consumer<ResultLog.Slice> found) {
        if (results != null) {
            found.accept(results.slice(behindIndex, lastIndex));
        }
    }

    /** Any thread: whether states are yet to be hashed. */
    boolean isUnderWay() {
        return underWay.get() > 0;
    }

    /** Any thread: the member ends, and what is being written is given up. */
    public void end() {
        ended = true;
    }

    private static long hash(String machine, Outcome outcome) {
        var hash = new Hash64().add(machine);
        if (outcome instanceof Outcome.Applied applied) {
            hash.write(applied.value(), 0, applied.value().length);
        } else if (outcome instanceof Outcome.Failed failed) {
            String message = failed.message();
            hash.add(failed.errorType()).add(message == null ? "" : message);
        } else if (outcome instanceof Outcome.Refused refused) {
            hash.add(refused.reason().name());
        }
        return hash.value();
    }

    private static @Nullable String name(MachineResults machine, EntryCommand envelope) {
        if (envelope.openSession() != null || !machine.namesCommands) {
            return null;
        }
        try {
            return machine.slot.machine().commandName(envelope.payload().newInput());
        } catch (IOException | RuntimeException e) {
            // No version understands it: it has failed everywhere, and has no name.
            return null;
        }
    }

    private void capture(long index) {
        boolean withStates = underWay.get() < MAX_UNDER_WAY;
        var tasks = new ArrayList<Captured>();
        for (MachineResults machine : byMachine.values()) {
            tasks.add(captured(machine, index, withStates));
            machine.sinceLastPoint = new Hash64();
        }
        var system = new Hash64();
        byte[] state =
                machines.system().capture().toBuilder().clearClusterId().build().toByteArray();
        system.write(state, 0, state.length);
        long systemHash = system.value();
        underWay.incrementAndGet();
        try {
            hasher.execute(() -> hash(index, tasks, systemHash));
        } catch (RejectedExecutionException e) {
            underWay.decrementAndGet();
            log.debug("the state at index {} is not hashed", index, e);
        }
    }

    private Captured captured(MachineResults machine, long index, boolean withState) {
        var slot = machine.slot;
        long resultsHash =
                machine.unseenIndex <= index - policy.everyEntries() ? machine.sinceLastPoint.value() : Hash64.NONE;
        // One that keeps its state itself may be ahead of the log for a while.
        if (!withState || slot.isHalfChanged() || slot.appliedIndex() > index) {
            return new Captured(slot.name(), null, null, resultsHash);
        }
        return new Captured(slot.name(), stateOf(slot), slot.sessions().capture(slot.name())::writeTo, resultsHash);
    }

    private @Nullable Writing stateOf(MachineSlot slot) {
        try {
            var writer = slot.machine().canonicalState();
            return writer == null ? null : writer::writeTo;
        } catch (RuntimeException | Error e) {
            log.warn(
                    "the state of '{}' could not be captured to be compared with that of other members",
                    slot.name(),
                    e);
            return null;
        }
    }

    /** Writes what was captured. */
    @FunctionalInterface
    private interface Writing {
        void writeTo(OutputStream out) throws IOException;
    }

    private record Captured(String machine, @Nullable Writing state, @Nullable Writing sessions, long results) {}

    /** On the thread of the hasher. */
    private void hash(long index, List<Captured> tasks, long systemHash) {
        try {
            var hashes = new TreeMap<String, MachineHashes>();
            for (Captured task : tasks) {
                hashes.put(
                        task.machine(),
                        new MachineHashes(
                                hash(task.machine(), task.state()),
                                hash(task.machine(), task.sessions()),
                                task.results()));
            }
            hashes.put(SystemMachine.NAME, new MachineHashes(systemHash, Hash64.NONE, Hash64.NONE));
            if (!ended) {
                hashed.accept(new HashPoint(index, hashes));
            }
        } finally {
            underWay.decrementAndGet();
        }
    }

    private long hash(String machine, @Nullable Writing writing) {
        if (writing == null || ended) {
            return Hash64.NONE;
        }
        try {
            var hash = new Hash64();
            writing.writeTo(new HashingOutput(hash, () -> ended));
            return hash.value();
        } catch (IOException | RuntimeException | Error e) {
            if (!ended) {
                log.warn(
                        "the state of '{}' could not be written to be compared with that of other members", machine, e);
            }
            return Hash64.NONE;
        }
    }
}
