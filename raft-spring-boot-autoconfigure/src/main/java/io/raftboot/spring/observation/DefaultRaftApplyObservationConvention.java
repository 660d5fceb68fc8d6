package io.raftboot.spring.observation;

import io.micrometer.common.KeyValues;

/** As what each member does to traced commands is observed where the application does not say otherwise. */
public class DefaultRaftApplyObservationConvention implements RaftApplyObservationConvention {
    /** A meter of such observations counts traced commands alone, so it has another name than the one that counts all. */
    @Override
    public String getName() {
        return "raft.traced.apply";
    }

    @Override
    public String getContextualName(RaftApplyObservationContext context) {
        return "raft apply " + context.call().name();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(RaftApplyObservationContext context) {
        return CallValues.machine(context.call());
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(RaftApplyObservationContext context) {
        return CallValues.entry(context);
    }
}
