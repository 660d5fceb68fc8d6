package io.raftboot.spring.observation;

import io.micrometer.common.KeyValues;
import io.raftboot.api.ReadOutcome;
import io.raftboot.spring.observation.RaftObservation.High;
import io.raftboot.spring.observation.RaftObservation.Low;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** As queries are observed where the application does not say otherwise. */
public class DefaultRaftQueryObservationConvention implements RaftQueryObservationConvention {
    @Override
    public String getName() {
        return "raft.query";
    }

    @Override
    public String getContextualName(RaftQueryObservationContext context) {
        return "raft query " + context.call().name();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(RaftQueryObservationContext context) {
        return CallValues.of(context.call())
                .and(
                        Low.CONSISTENCY.withValue(context.consistency().name().toLowerCase(Locale.ROOT)),
                        Low.OUTCOME.withValue(word(context.outcome())));
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(RaftQueryObservationContext context) {
        var values = KeyValues.of(CallValues.node(context.call()));
        var outcome = context.outcome();
        if (outcome instanceof ReadOutcome.Answered answered) {
            return values.and(High.INDEX.withValue(Long.toString(answered.index())));
        }
        return outcome instanceof ReadOutcome.Refused refused
                ? values.and(High.DETAIL.withValue(refused.message()))
                : values;
    }

    private static String word(@Nullable ReadOutcome outcome) {
        if (outcome instanceof ReadOutcome.Answered) {
            return "answered";
        }
        if (outcome instanceof ReadOutcome.Failed) {
            return "failed";
        }
        return outcome instanceof ReadOutcome.Refused ? "refused" : Low.NONE;
    }
}
