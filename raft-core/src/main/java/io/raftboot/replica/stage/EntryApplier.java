package io.raftboot.replica.stage;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.EntryName;
import io.raftboot.api.Outcome;
import io.raftboot.api.UnappliedEntryException;
import io.raftboot.api.UnknownCommandException;
import io.raftboot.api.trace.CommandTracer;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.ConfigurationReplay;
import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.machine.EntryCommand;
import io.raftboot.replica.machine.EnvelopeReader;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.Machines;
import io.raftboot.replica.machine.SystemMachine;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what a committed entry says. What it says is there for good and on every member, so there are three ways for one that
 * can't be done: what fails alike on all members, of whatever version, is no change, or a failure as the command's result; what a
 * newer version would do stops this member, which is to be updated; what only this member can't do stops it as well. None is
 * passed over in silence. Owned by the apply stage.
 */
final class EntryApplier {
    /** Each of the few entries that the configuration names is worth a line. */
    private static final Logger log = LoggerFactory.getLogger(EntryApplier.class);

    private final Logger quiet = QuietLogger.of(EntryApplier.class);

    private final EnvelopeReader envelopes;
    private final Map<String, MachineSlot> machines;
    private final SystemMachine system;
    private final EntrySkips skips;
    private final PresentWork present;
    private final Outcomes outcomes;
    private final ApplyEvents events;
    private ApplyTraces traces = new ApplyTraces(CommandTracer.NONE);
    private final ConfigurationReplay configuration;

    private final AtomicLong ignoredCount = new AtomicLong();

    /** Takes what came of commands. */
    @FunctionalInterface
    interface Outcomes {
        void accept(EntryCommand envelope, Outcome outcome);
    }

    /**
     * @param outcomes told what came of each command
     * @param events told when the table of members may be another one
     * @param configuration what the log begins with
     */
    EntryApplier(
            String group,
            Machines all,
            EntrySkips skips,
            PresentWork present,
            Outcomes outcomes,
            ApplyEvents events,
            ConfState configuration) {
        this.machines = all.byName();
        this.envelopes = new EnvelopeReader(group, machines.keySet());
        this.system = all.system();
        this.skips = skips;
        this.present = present;
        this.outcomes = outcomes;
        this.events = events;
        this.configuration = new ConfigurationReplay(configuration);
    }

    /** Before the first entry: traced commands are followed. */
    void traceBy(ApplyTraces newTraces) {
        traces = newTraces;
    }

    /** The state was replaced by that of a snapshot with this configuration. */
    void restored(ConfState confState) {
        configuration.restore(confState);
    }

    /** Any thread: entries so far that held nothing that any member could do. */
    long ignoredCount() {
        return ignoredCount.get();
    }

    /**
     * Applies an entry.
     *
     * @return the change of the configuration that it makes, for the core; null if it makes none
     * @throws UnappliedEntryException if this member must not go on
     */
    @Nullable
    ConfChangeV2 apply(Entry entry) {
        // An interrupt that a command or a query left behind would make the next command fail on this member alone.
        var unused = Thread.interrupted();
        try {
            if (skips.names(entry)) {
                passOver(entry);
                return null;
            }
            if (entry.getUnknownFields().hasField(Entry.TYPE_FIELD_NUMBER)) {
                // Read as the first of the types that this version knows.
                throw new UnknownCommandException("entry " + entry.getIndex() + " is of the type "
                        + entry.getUnknownFields()
                                .getField(Entry.TYPE_FIELD_NUMBER)
                                .getVarintList()
                        + ", which this member does not know; update this member");
            }
            return switch (entry.getType()) {
                case ENTRY_NORMAL -> {
                    // A leader begins its term with an empty entry.
                    if (!entry.getData().isEmpty()) {
                        applyNormal(entry);
                    }
                    yield null;
                }
                case ENTRY_CONF_CHANGE, ENTRY_CONF_CHANGE_V2 -> applyChange(entry);
            };
        } catch (Throwable e) {
            throw new UnappliedEntryException(EntryName.of(entry), describe(entry), e);
        }
    }

    private @Nullable ConfChangeV2 applyChange(Entry entry) {
        ConfChangeV2 change;
        try {
            change = ConfChanges.in(entry);
        } catch (InvalidProtocolBufferException e) {
            ignore(entry, "a change of the configuration that can't be read");
            return null;
        } catch (ConfChangeException e) {
            throw new UnknownCommandException("entry " + entry.getIndex()
                    + " holds a change of the configuration of a newer version (" + e.getMessage()
                    + "); update this member");
        }
        var before = configuration.confState();
        String objection = configuration.apply(change);
        if (objection != null) {
            ignore(entry, "a change of the configuration that is not allowed (" + objection + ")");
            return null;
        }
        system.apply(change, before, configuration.confState(), entry.getIndex());
        events.membersChanged(system.members());
        return change;
    }

    private void applyNormal(Entry entry) {
        var envelope = envelopes.in(entry);
        if (envelope == null) {
            ignore(entry, "no command of this group");
            return;
        }
        system.agreeOn(envelope.agreedTimeMillis());
        if (envelope.machine().equals(SystemMachine.NAME)) {
            applySystem(envelope, entry);
            return;
        }
        var slot = machines.get(envelope.machine());
        if (slot == null) {
            throw new UnknownCommandException("entry " + entry.getIndex() + " is for the state machine '"
                    + envelope.machine() + "', which this application does not have; it has " + machines.keySet()
                    + ". Start a version of the application that has it");
        }
        if (entry.getIndex() <= slot.appliedIndex()) {
            // The state survived with this command in it, or came with a snapshot that was newer than its index.
            var earlier = slot.sessions().recall(envelope, entry.getIndex());
            if (earlier != null) {
                outcomes.accept(envelope, earlier);
            }
            return;
        }
        if (envelope.commandVersion() != 0) {
            throw new UnknownCommandException("entry " + entry.getIndex() + " holds a command of version "
                    + Integer.toUnsignedString(envelope.commandVersion())
                    + ", which this version of the replica does not know; update this member");
        }
        present.command(slot);
        outcomes.accept(envelope, applyTo(slot, envelope, entry));
    }

    private Outcome applyTo(MachineSlot slot, EntryCommand envelope, Entry entry) {
        long agreedTimeMillis = system.agreedTimeMillis();
        return ApplyTraces.isTraced(envelope)
                ? traces.around(envelope, entry, () -> slot.apply(envelope, entry, agreedTimeMillis))
                : slot.apply(envelope, entry, agreedTimeMillis);
    }

    private void applySystem(EntryCommand envelope, Entry entry) {
        byte[] result;
        try {
            result = system.apply(envelope.payload(), entry.getIndex(), configuration.confState());
        } catch (IOException e) {
            ignore(entry, "no command of the group's own state machine (" + e.getMessage() + ")");
            outcomes.accept(envelope, failed(entry, "it can't be read"));
            return;
        }
        outcomes.accept(envelope, new Outcome.Applied(result, entry.getIndex()));
        events.membersChanged(system.members());
    }

    private void ignore(Entry entry, String what) {
        ignoredCount.incrementAndGet();
        quiet.error(
                "entry {} of {} bytes holds {}: it changes nothing, on no member",
                EntryName.of(entry),
                entry.getData().size(),
                what);
    }

    /**
     * The entry changes nothing but what is known of commands that are sent again: whoever sends this one again is told the
     * same, and it is not applied then.
     */
    private void passOver(Entry entry) {
        var name = EntryName.of(entry);
        log.error("entry {}, {}, is passed over because raft.apply.skip names it", name, describe(entry));
        system.skip(name);
        var envelope = readable(entry);
        if (envelope == null) {
            return;
        }
        system.agreeOn(envelope.agreedTimeMillis());
        Outcome outcome = failed(entry, "the entry was passed over because raft.apply.skip names it, " + name);
        var slot = machines.get(envelope.machine());
        if (slot != null && entry.getIndex() > slot.appliedIndex()) {
            outcome = slot.skip(envelope, entry, system.agreedTimeMillis(), outcome);
        }
        outcomes.accept(envelope, outcome);
    }

    private static Outcome failed(Entry entry, String why) {
        return new Outcome.Failed(UnappliedEntryException.class.getName(), why, entry.getIndex(), null);
    }

    private @Nullable EntryCommand readable(Entry entry) {
        try {
            return switch (entry.getType()) {
                case ENTRY_NORMAL -> envelopes.in(entry);
                case ENTRY_CONF_CHANGE, ENTRY_CONF_CHANGE_V2 -> null;
            };
        } catch (UnknownCommandException e) {
            return null;
        }
    }

    private String describe(Entry entry) {
        return switch (entry.getType()) {
            case ENTRY_NORMAL -> {
                var envelope = readable(entry);
                yield envelope == null
                        ? "of an unknown kind"
                        : envelope.machine().isEmpty()
                                ? "a command of the group's own state machine"
                                : "a command for '" + envelope.machine() + "'";
            }
            case ENTRY_CONF_CHANGE, ENTRY_CONF_CHANGE_V2 -> "a change of the configuration";
        };
    }
}
