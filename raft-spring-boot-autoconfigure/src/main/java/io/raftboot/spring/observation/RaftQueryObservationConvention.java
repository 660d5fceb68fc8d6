package io.raftboot.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names and key values of the observations of queries. A bean of this type takes the place of
 * {@link DefaultRaftQueryObservationConvention}. Called on the threads that do the work: must not block.
 */
public interface RaftQueryObservationConvention extends ObservationConvention<RaftQueryObservationContext> {
    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof RaftQueryObservationContext;
    }
}
