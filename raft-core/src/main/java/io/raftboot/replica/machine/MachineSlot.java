package io.raftboot.replica.machine;

import io.raftboot.api.CommandContext;
import io.raftboot.api.DurableStateMachine;
import io.raftboot.api.EntryName;
import io.raftboot.api.ForeignStateException;
import io.raftboot.api.Outcome;
import io.raftboot.api.StateMachine;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.raft.proto.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A state machine with how far it is. Lives as long as the machine, over stops and starts of the member, so that
 * nothing is applied to it twice. The index belongs to the apply stage.
 *
 * <p>Whatever changes the state goes through here, and is a {@link Step}: begun before the first change, ended when state,
 * sessions and index belong together again. A step that was not ended, for whatever reason, leaves a machine that is
 * {@linkplain #isHalfChanged() half changed}, which nothing is applied to before it has been restored as a whole.
 */
public final class MachineSlot {
    private final String name;
    private final StateMachine machine;
    private final @Nullable DurableStateMachine durable;
    private final SessionTable sessions;
    private final SlotRows rows = new SlotRows();
    private Lineage lineage = Lineage.NONE;
    private long appliedIndex;
    private long ownIndex;

    /** Whether the state may be another one than that of a machine that is new. */
    private boolean used;

    private Step step = Step.NONE;
    private long stepIndex;

    /** What the state is in the middle of. */
    private enum Step {
        NONE,
        COMMAND,
        RESTORE
    }

    /** Puts the state of a snapshot in place of what there is. */
    @FunctionalInterface
    public interface Replacement {
        void run() throws IOException;
    }

    public MachineSlot(String name, StateMachine machine) {
        this.name = name;
        this.machine = machine;
        this.durable = machine instanceof DurableStateMachine keeping ? keeping : null;
        this.sessions = new SessionTable(new SessionRows(durable != null));
    }

    /**
     * A slot for each machine, by name.
     *
     * @throws IllegalArgumentException if a name can't be one
     */
    public static Map<String, MachineSlot> byName(Map<String, StateMachine> machines) {
        var slots = new TreeMap<String, MachineSlot>();
        machines.forEach((name, machine) -> {
            if (name.isBlank() || name.startsWith("$")) {
                throw new IllegalArgumentException(
                        "'" + name + "' can't be the name of a state machine: it must not be empty or begin with $");
            }
            slots.put(name, new MachineSlot(name, machine));
        });
        return Collections.unmodifiableSortedMap(slots);
    }

    /** The machine of each slot, by name. */
    public static Map<String, StateMachine> machines(Map<String, MachineSlot> slots) {
        var machines = new TreeMap<String, StateMachine>();
        slots.forEach((name, slot) -> machines.put(name, slot.machine()));
        return Collections.unmodifiableMap(machines);
    }

    public String name() {
        return name;
    }

    public StateMachine machine() {
        return machine;
    }

    /** Sessions of those who send it commands; as old as its state. */
    public SessionTable sessions() {
        return sessions;
    }

    public long appliedIndex() {
        return appliedIndex;
    }

    /** The index of the last command that is in its state; less than {@link #appliedIndex} behind a restore. */
    public long ownIndex() {
        return ownIndex;
    }

    /** Whether the machine keeps its state itself. */
    public boolean isDurable() {
        return durable != null;
    }

    /** Whether commands were applied to it, or a snapshot, since it was made. */
    public boolean isUsed() {
        return used;
    }

    /** Whether something that changes the state was begun and not ended. Only a restore from a snapshot mends it. */
    public boolean isHalfChanged() {
        return step != Step.NONE;
    }

    /** What was not ended, in words. */
    public String unfinished() {
        return switch (step) {
            case NONE -> "nothing";
            case COMMAND -> "the command at index " + stepIndex;
            case RESTORE -> "being restored from the snapshot at index " + stepIndex;
        };
    }

    private void begin(Step what, long index) {
        if (step != Step.NONE) {
            throw new IllegalStateException("'" + name + "' was left in the middle of " + unfinished()
                    + ", and is to be restored before anything else is done to it");
        }
        step = what;
        stepIndex = index;
    }

    private void end() {
        step = Step.NONE;
    }

    /**
     * Applies a command, or answers one that was applied before; a machine that keeps its state itself keeps with it, all or
     * nothing, what came of it. If this throws, the machine is half changed.
     *
     * @throws StateMachineFailureException if it could not be applied, or not be kept
     */
    public Outcome update(long index, Supplier<Outcome> work) {
        begin(Step.COMMAND, index);
        used = true;
        var outcome = durable == null ? work.get() : transact(durable, index, work);
        appliedIndex = index;
        ownIndex = index;
        end();
        return outcome;
    }

    /**
     * Applies the command of an entry once, however often it was sent: what was applied before is answered again. A machine that
     * keeps its state itself keeps with it, all or nothing, what came of it. If this throws, the machine is half changed.
     *
     * @param agreedTimeMillis as of the entry
     * @throws StateMachineFailureException if it could not be applied, or not be kept
     */
    public Outcome apply(EntryCommand envelope, Entry entry, long agreedTimeMillis) {
        return update(entry.getIndex(), () -> {
            var opening = envelope.openSession();
            if (opening != null) {
                return sessions.open(opening, entry.getIndex(), agreedTimeMillis);
            }
            return recorded(envelope, agreedTimeMillis, () -> applyTo(envelope, entry, agreedTimeMillis));
        });
    }

    /**
     * As {@link #apply}, of an entry that is passed over: it changes the sessions alone.
     *
     * @param outcome what whoever sends the command again is told
     */
    public Outcome skip(EntryCommand envelope, Entry entry, long agreedTimeMillis, Outcome outcome) {
        return update(entry.getIndex(), () -> {
            rows.skip(EntryName.of(entry));
            return envelope.openSession() != null ? outcome : recorded(envelope, agreedTimeMillis, () -> outcome);
        });
    }

    private Outcome recorded(EntryCommand envelope, long agreedTimeMillis, Supplier<Outcome> work) {
        var known = sessions.known(envelope, agreedTimeMillis);
        if (known != null) {
            return known;
        }
        var outcome = work.get();
        sessions.record(envelope, outcome, agreedTimeMillis);
        return outcome;
    }

    private Outcome applyTo(EntryCommand envelope, Entry entry, long agreedTimeMillis) {
        var context = new CommandContext(entry.getIndex(), entry.getTerm(), Instant.ofEpochMilli(agreedTimeMillis));
        try {
            return context.call(() -> new Outcome.Applied(
                    Objects.requireNonNull(
                            machine.apply(context, envelope.payload().toByteArray()),
                            "the state machine returned null"),
                    entry.getIndex()));
        } catch (StateMachineFailureException e) {
            throw e;
        } catch (Exception e) {
            return new Outcome.Failed(e.getClass().getName(), message(e), entry.getIndex(), e);
        }
    }

    /** A class of the application's own may fail at that as well, and then does on every member. */
    private static @Nullable String message(Exception e) {
        try {
            return e.getMessage();
        } catch (RuntimeException another) {
            return null;
        }
    }

    /** Which entries its state has passed over, as far as the slot knows. */
    public Iterable<EntryName> skipped() {
        return rows.skipped();
    }

    /** Whether the state is as of behind this entry, and has it in it, or might have. */
    public boolean hasApplied(EntryName entry) {
        return appliedIndex >= entry.index() && !rows.hasSkipped(entry);
    }

    private Outcome transact(DurableStateMachine keeping, long index, Supplier<Outcome> work) {
        try {
            return Once.in(keeping, () -> {
                var outcome = work.get();
                keeping.record(index, takeChanges());
                return outcome;
            });
        } catch (StateMachineFailureException e) {
            throw e;
        } catch (Exception e) {
            throw new StateMachineFailureException(
                    "the state machine '" + name + "' could not keep the command at index " + index + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private Map<String, byte @Nullable []> takeChanges() {
        var changes = sessions.takeChanges();
        rows.addChangesTo(changes);
        return changes;
    }

    /**
     * Replaces state and sessions by those of a snapshot at this index, whatever there was. If this throws, the machine is half
     * changed.
     */
    public void replace(long index, Replacement work) throws IOException {
        step = Step.NONE;
        begin(Step.RESTORE, index);
        used = true;
        rows.clear();
        work.run();
        takeOver(index);
        end();
    }

    /** The state, to be called within {@link #replace}. */
    public void restore(InputStream section, long index) throws IOException {
        if (durable == null) {
            machine.restore(section);
        } else {
            durable.restore(section, index);
        }
    }

    /** The state is as new at this index: nothing in the log up to there was for this machine. */
    public void isNewAt(long index) throws IOException {
        takeOver(index);
    }

    private void takeOver(long index) throws IOException {
        if (durable == null) {
            appliedIndex = index;
            ownIndex = 0;
        } else {
            long own = load(durable).appliedIndex();
            appliedIndex = Math.max(index, own);
            ownIndex = own;
        }
    }

    /** There is nothing for this machine in the log up to this index. */
    public void passed(long index) {
        appliedIndex = Math.max(appliedIndex, index);
    }

    /** As {@link #askMachine(Lineage)}, of a directory that has always belonged to one cluster. */
    public long askMachine() throws IOException {
        return askMachine(Lineage.NONE);
    }

    /**
     * When the member starts: a machine that keeps its state itself knows how far it is, and is whole, whatever it was in the
     * middle of.
     *
     * @param newLineage of the log that it is to go on with
     * @return how far this member's own log is certain to have been applied to it
     * @throws IOException if it can't be told, or if it belongs to another log
     */
    public long askMachine(Lineage newLineage) throws IOException {
        long before = lineage.clusterId();
        lineage = newLineage;
        if (durable == null) {
            var position = new DurableStateMachine.Position(appliedIndex, appliedIndex);
            return used && before != 0 ? newLineage.translate(name, before, position) : appliedIndex;
        }
        var position = load(durable);
        ownIndex = position.appliedIndex();
        appliedIndex = position.appliedIndex();
        used = appliedIndex > 0;
        end();
        return position.loggedIndex();
    }

    private DurableStateMachine.Position load(DurableStateMachine keeping) throws IOException {
        DurableStateMachine.Position position;
        try {
            position = keeping.position();
            rows.clear();
            var sessionRows = new HashMap<String, byte[]>();
            var all = new HashMap<String, byte[]>();
            keeping.readRows(all::put);
            for (var row : all.entrySet()) {
                if (!rows.read(row.getKey(), row.getValue())) {
                    sessionRows.put(row.getKey(), row.getValue());
                }
            }
            sessions.load(sessionRows);
        } catch (ForeignStateException e) {
            throw e;
        } catch (Exception | Error e) {
            throw new IOException("'" + name + "' can't tell how far its state is: " + e.getMessage(), e);
        }
        return countInThisLog(keeping, position);
    }

    /** Where the log is another one than the machine has counted in, the machine notes once where in this one it is. */
    private DurableStateMachine.Position countInThisLog(
            DurableStateMachine keeping, DurableStateMachine.Position position) throws IOException {
        long index = lineage.translate(name, rows.clusterId(), position);
        if (!lineage.matters() || rows.clusterId() == lineage.clusterId()) {
            return position;
        }
        rows.clusterId(lineage.clusterId());
        if (index != position.appliedIndex()) {
            sessions.endBehind(index);
        }
        try {
            return Once.in(keeping, () -> {
                keeping.record(index, takeChanges());
                return new DurableStateMachine.Position(index, index);
            });
        } catch (Exception e) {
            throw new IOException("'" + name + "' can't keep which log its index counts: " + e.getMessage(), e);
        }
    }

    /** As {@link DurableStateMachine#durableIndex()}; any thread. */
    public long durableIndex() throws IOException {
        try {
            return Objects.requireNonNull(durable).durableIndex();
        } catch (Exception e) {
            throw new IOException("'" + name + "' can't tell how much of its state is forced: " + e.getMessage(), e);
        }
    }
}
