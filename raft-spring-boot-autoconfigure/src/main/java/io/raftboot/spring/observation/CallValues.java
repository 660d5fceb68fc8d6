package io.raftboot.spring.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.raftboot.spring.observation.RaftObservation.High;
import io.raftboot.spring.observation.RaftObservation.Low;

/** What several conventions have in common. */
final class CallValues {
    private CallValues() {}

    static KeyValues machine(RaftCall call) {
        return KeyValues.of(Low.GROUP.withValue(call.group()), Low.MACHINE.withValue(call.machine()));
    }

    static KeyValues of(RaftCall call) {
        String operation = call.operation();
        return machine(call).and(Low.OPERATION.withValue(operation == null ? Low.NONE : operation));
    }

    static KeyValue node(RaftCall call) {
        return High.NODE.withValue(Long.toString(call.nodeId()));
    }

    static KeyValues entry(RaftEntryObservationContext context) {
        var values = KeyValues.of(node(context.call()));
        return context.index() == 0
                ? values
                : values.and(
                        High.TERM.withValue(Long.toString(context.term())),
                        High.INDEX.withValue(Long.toString(context.index())));
    }
}
