package io.raftboot.replica.stage;

import io.raftboot.api.Outcome;
import io.raftboot.api.trace.CommandTracer;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.machine.EntryCommand;
import io.raftboot.replica.machine.Envelopes;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Follows traced commands through the state machine of this member. Owned by the apply stage. */
final class ApplyTraces {
    private final CommandTracer tracer;

    /** Applied in an earlier run of the member, as far as anybody can tell. */
    private long repeatedIndex;

    ApplyTraces(CommandTracer tracer) {
        this.tracer = tracer;
    }

    /** What was committed up to there is applied once more, because the member has started: that is part of nobody's trace. */
    void repeatsUpTo(long index) {
        repeatedIndex = index;
    }

    static boolean isTraced(EntryCommand envelope) {
        return !envelope.trace().isEmpty();
    }

    /** Has the work done, which applies the command of this entry. */
    Outcome around(EntryCommand envelope, Entry entry, Supplier<Outcome> work) {
        var trace = entry.getIndex() <= repeatedIndex ? null : Envelopes.trace(envelope.trace());
        if (trace == null) {
            return work.get();
        }
        var step = tracer.apply(trace, envelope.machine());
        step.at(entry.getTerm(), entry.getIndex());
        String trouble = "the member could not apply it";
        try {
            var outcome = work.get();
            trouble = trouble(outcome);
            return outcome;
        } finally {
            step.end(trouble);
        }
    }

    private static @Nullable String trouble(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return failed.errorType();
        }
        return outcome instanceof Outcome.Refused refused ? refused.message() : null;
    }
}
