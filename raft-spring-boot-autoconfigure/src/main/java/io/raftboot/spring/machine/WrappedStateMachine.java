package io.raftboot.spring.machine;

import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A state machine with something around it. */
public interface WrappedStateMachine extends StateMachine {
    /** What is inside. */
    StateMachine wrapped();

    @Override
    default Set<String> commandNames() {
        return wrapped().commandNames();
    }

    @Override
    default String commandName(InputStream command) throws IOException {
        return wrapped().commandName(command);
    }

    @Override
    default @Nullable SnapshotWriter canonicalState() {
        return wrapped().canonicalState();
    }
}
