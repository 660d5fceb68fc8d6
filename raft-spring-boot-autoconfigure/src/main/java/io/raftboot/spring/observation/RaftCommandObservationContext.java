package io.raftboot.spring.observation;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import io.raftboot.api.Outcome;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command that was asked of this member, from the call until its outcome is known here. What a handler puts into its carrier goes with
 * the command to all members, if the trace is recorded.
 */
public final class RaftCommandObservationContext extends SenderContext<RaftTraceCarrier> {
    private final RaftCall call;
    private volatile @Nullable Outcome outcome;

    public RaftCommandObservationContext(RaftCall call) {
        super((carrier, header, value) -> Objects.requireNonNull(carrier).set(header, value), Kind.PRODUCER);
        this.call = call;
        setCarrier(new RaftTraceCarrier());
    }

    /** What is called, and through which member. */
    public RaftCall call() {
        return call;
    }

    /** What became of it; null before that is known, and if the call ended exceptionally. */
    public @Nullable Outcome outcome() {
        return outcome;
    }

    /** Told once, before the observation stops. */
    public void outcome(Outcome known) {
        outcome = known;
    }
}
