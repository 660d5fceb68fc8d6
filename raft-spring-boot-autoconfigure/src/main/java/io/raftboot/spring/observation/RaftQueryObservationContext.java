package io.raftboot.spring.observation;

import io.micrometer.observation.Observation;
import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOutcome;
import org.jspecify.annotations.Nullable;

/** A query that was asked of this member, from the call until it is answered. */
public final class RaftQueryObservationContext extends Observation.Context {
    private final RaftCall call;
    private final Consistency consistency;
    private volatile @Nullable ReadOutcome outcome;

    public RaftQueryObservationContext(RaftCall call, Consistency consistency) {
        this.call = call;
        this.consistency = consistency;
    }

    /** What is called, and through which member. */
    public RaftCall call() {
        return call;
    }

    public Consistency consistency() {
        return consistency;
    }

    /** What became of it; null before that is known, and if the call ended exceptionally. */
    public @Nullable ReadOutcome outcome() {
        return outcome;
    }

    /** Told once, before the observation stops. */
    public void outcome(ReadOutcome known) {
        outcome = known;
    }
}
