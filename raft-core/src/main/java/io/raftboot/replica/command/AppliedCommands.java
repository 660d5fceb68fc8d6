package io.raftboot.replica.command;

import io.raftboot.api.Outcome;
import io.raftboot.replica.duty.Self;
import io.raftboot.replica.machine.EntryCommand;

/**
 * What the apply stage tells of commands to those who asked for them here. While it applies, what they submit in consequence is
 * gathered. Owned by the apply stage.
 */
public final class AppliedCommands {
    private final Self self;
    private final PendingCommands pending;
    private final CommandInbox inbox;

    public AppliedCommands(Self self, PendingCommands pending, CommandInbox inbox) {
        this.self = self;
        this.pending = pending;
        this.inbox = inbox;
    }

    /** What this thread submits from now on is gathered. */
    public void begin() {
        inbox.gather();
    }

    /** The command of an entry has this outcome; whoever asked for it, if that was in this run of this member, is told. */
    public void applied(EntryCommand envelope, Outcome outcome) {
        if (envelope.askedMember() == self.nodeId() && envelope.askedRun() == self.runId()) {
            var command = pending.get(envelope.askedCounter());
            if (command != null) {
                command.applied(outcome);
            }
        }
    }

    /** An entry is applied, others follow: what was gathered for long waits no longer. */
    public void next() {
        inbox.handOverLate();
    }

    /** The entries that were to be applied are: what was gathered comes in. */
    public void end() {
        inbox.endGathering();
    }
}
