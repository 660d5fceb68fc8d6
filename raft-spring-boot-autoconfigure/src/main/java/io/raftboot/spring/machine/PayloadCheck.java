package io.raftboot.spring.machine;

import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.RaftParameter;
import io.raftboot.spring.call.RaftMethod;
import io.raftboot.spring.call.StateMachineDefinition;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.springframework.beans.factory.ObjectProvider;

/** Asks the codec of an application about all types that its annotated state machines write. */
public final class PayloadCheck {
    private final ObjectProvider<RaftCodec> codecs;
    private final List<Place> places = new ArrayList<>();

    private record Place(String where, Type type) {}

    /** @param codecs asked for the one when there is something to check */
    public PayloadCheck(ObjectProvider<RaftCodec> codecs) {
        this.codecs = codecs;
    }

    /** Adds what the methods of a state machine take and return. */
    public void add(StateMachineDefinition definition, Class<?> machine) {
        definition.byMethod().values().forEach(method -> add(method, machine));
        if (definition.snapshot() != null) {
            add(definition.snapshot(), machine);
        }
        if (definition.restore() != null) {
            add(definition.restore(), machine);
        }
    }

    private void add(RaftMethod method, Class<?> machine) {
        String name = machine.getName() + "." + method.method().getName();
        String version = method.version() == RaftMethod.FIRST_VERSION ? "" : " (version " + method.version() + ")";
        for (RaftParameter parameter : method.parameters()) {
            places.add(new Place("parameter '" + parameter.name() + "' of " + name + "()" + version, parameter.type()));
        }
        if (method.resultType() != void.class) {
            places.add(new Place("what " + name + "() returns" + version, method.resultType()));
        }
    }

    /**
     * Checks all types.
     *
     * @throws InvalidStateMachineException if values of a type would not come back equal, naming all that are so
     */
    public void check() {
        RaftCodec codec = places.isEmpty() ? null : codecs.getIfAvailable();
        if (codec == null) {
            return;
        }
        List<String> refused = new ArrayList<>();
        for (Place place : places) {
            for (String refusal : new TreeSet<>(codec.refusals(place.type()))) {
                refused.add(place.where() + ": " + refusal + ".");
            }
        }
        if (!refused.isEmpty()) {
            throw new InvalidStateMachineException(
                    "State machines have types whose values would not come back equal from the log or a snapshot:\n  "
                            + String.join("\n  ", refused),
                    "Write what is said behind each of them, or declare a bean of type RaftCodec that writes them.");
        }
    }
}
