package io.raftboot.autoconfigure.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.raftboot.api.trace.CommandTracer;
import io.raftboot.api.trace.TraceContext;
import io.raftboot.spring.observation.DefaultRaftAppendObservationConvention;
import io.raftboot.spring.observation.DefaultRaftApplyObservationConvention;
import io.raftboot.spring.observation.RaftAppendObservationContext;
import io.raftboot.spring.observation.RaftAppendObservationConvention;
import io.raftboot.spring.observation.RaftApplyObservationContext;
import io.raftboot.spring.observation.RaftApplyObservationConvention;
import io.raftboot.spring.observation.RaftCall;
import io.raftboot.spring.observation.RaftCommandObservationContext;
import io.raftboot.spring.observation.RaftEntryObservationContext;
import io.raftboot.spring.observation.RaftObservation;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives the trace of a command's observation to the member, and makes observations of what this member does to traced commands, whoever
 * was asked for them. Nothing that a handler throws reaches the member. Comes on the callers' and the member's threads.
 */
final class ObservedEntries implements CommandTracer {
    private static final RaftAppendObservationConvention APPEND = new DefaultRaftAppendObservationConvention();
    private static final RaftApplyObservationConvention APPLY = new DefaultRaftApplyObservationConvention();

    private final ObservationRegistry registry;
    private final Conventions conventions;
    private final ObservedMember member;
    private final Mishaps mishaps = new Mishaps();

    /**
     * What the application says otherwise.
     *
     * @param append null for the default
     * @param apply null for the default
     */
    record Conventions(
            @Nullable RaftAppendObservationConvention append, @Nullable RaftApplyObservationConvention apply) {}

    ObservedEntries(ObservationRegistry registry, Conventions conventions, ObservedMember member) {
        this.registry = registry;
        this.conventions = conventions;
        this.member = member;
    }

    @Override
    public @Nullable TraceContext current() {
        return mishaps.keep(this::present);
    }

    private @Nullable TraceContext present() {
        var present = registry.getCurrentObservation();
        if (present == null || !(present.getContextView() instanceof RaftCommandObservationContext command)) {
            return null;
        }
        var carrier = command.getCarrier();
        return carrier == null ? null : carrier.trace();
    }

    @Override
    public Step append(TraceContext trace, String machine) {
        return begun(() -> {
            var context = new RaftAppendObservationContext(call(machine), trace);
            var observation = RaftObservation.APPEND.start(conventions.append(), APPEND, () -> context, registry);
            return new Observed(context, observation, null);
        });
    }

    /** What the state machine does meanwhile, and what it logs, is part of the trace. */
    @Override
    public Step apply(TraceContext trace, String machine) {
        return begun(() -> {
            var context = new RaftApplyObservationContext(call(machine), trace);
            var observation = RaftObservation.APPLY.start(conventions.apply(), APPLY, () -> context, registry);
            return new Observed(context, observation, observation.openScope());
        });
    }

    private Step begun(Supplier<Step> beginning) {
        var step = mishaps.keep(beginning);
        return step == null ? Step.NONE : step;
    }

    private RaftCall call(String machine) {
        return new RaftCall(member.group(), member.nodeId(), machine, null);
    }

    /** Why a step did not come to what it should; says all that there is to say without a stack. */
    private static final class StepFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StepFailedException(String trouble) {
            super(trouble, null, false, false);
        }
    }

    private final class Observed implements Step {
        private final RaftEntryObservationContext context;
        private final Observation observation;
        private final Observation.@Nullable Scope scope;

        Observed(RaftEntryObservationContext context, Observation observation, Observation.@Nullable Scope scope) {
            this.context = context;
            this.observation = observation;
            this.scope = scope;
        }

        @Override
        public void at(long term, long index) {
            context.at(term, index);
        }

        @Override
        public void end(@Nullable String trouble) {
            if (scope != null) {
                mishaps.keep(scope::close);
            }
            mishaps.keep(() -> {
                if (trouble != null) {
                    observation.error(new StepFailedException(trouble));
                }
                observation.stop();
            });
        }
    }
}
