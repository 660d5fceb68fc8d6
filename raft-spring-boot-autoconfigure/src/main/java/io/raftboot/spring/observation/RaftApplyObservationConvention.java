package io.raftboot.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names and key values of the observations of what each member does to traced commands. A bean of this type takes the place of
 * {@link DefaultRaftApplyObservationConvention}. Called on the threads that do the work: must not block.
 */
public interface RaftApplyObservationConvention extends ObservationConvention<RaftApplyObservationContext> {
    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof RaftApplyObservationContext;
    }
}
