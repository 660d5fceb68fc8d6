package io.raftboot.spring.observation;

import io.micrometer.common.KeyValues;

/** As what leaders do to traced commands is observed where the application does not say otherwise. */
public class DefaultRaftAppendObservationConvention implements RaftAppendObservationConvention {
    /** A meter of such observations counts traced commands alone, so it has another name than the one that counts all. */
    @Override
    public String getName() {
        return "raft.traced.append";
    }

    @Override
    public String getContextualName(RaftAppendObservationContext context) {
        return "raft append " + context.call().name();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(RaftAppendObservationContext context) {
        return CallValues.machine(context.call());
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(RaftAppendObservationContext context) {
        return CallValues.entry(context);
    }
}
