package io.raftboot.spring.observation;

import io.micrometer.common.KeyValues;
import io.raftboot.api.Outcome;
import io.raftboot.spring.observation.RaftObservation.High;
import io.raftboot.spring.observation.RaftObservation.Low;
import org.jspecify.annotations.Nullable;

/** As commands are observed where the application does not say otherwise. */
public class DefaultRaftCommandObservationConvention implements RaftCommandObservationConvention {
    @Override
    public String getName() {
        return "raft.command";
    }

    @Override
    public String getContextualName(RaftCommandObservationContext context) {
        return "raft command " + context.call().name();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(RaftCommandObservationContext context) {
        return CallValues.of(context.call()).and(Low.OUTCOME.withValue(word(context.outcome())));
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(RaftCommandObservationContext context) {
        var values = KeyValues.of(CallValues.node(context.call()));
        var outcome = context.outcome();
        if (outcome instanceof Outcome.Applied applied) {
            return values.and(High.INDEX.withValue(Long.toString(applied.index())));
        }
        if (outcome instanceof Outcome.Failed failed) {
            return values.and(High.INDEX.withValue(Long.toString(failed.index())));
        }
        if (outcome instanceof Outcome.Refused refused) {
            return values.and(High.DETAIL.withValue(refused.message()));
        }
        return outcome instanceof Outcome.Unknown unknown
                ? values.and(High.DETAIL.withValue(unknown.message()))
                : values;
    }

    private static String word(@Nullable Outcome outcome) {
        if (outcome instanceof Outcome.Applied) {
            return "applied";
        }
        if (outcome instanceof Outcome.Failed) {
            return "failed";
        }
        if (outcome instanceof Outcome.Refused) {
            return "refused";
        }
        return outcome instanceof Outcome.Unknown ? "unknown" : Low.NONE;
    }
}
