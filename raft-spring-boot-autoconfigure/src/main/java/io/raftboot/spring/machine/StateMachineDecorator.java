package io.raftboot.spring.machine;

import io.raftboot.api.StateMachine;
import io.raftboot.spring.InvalidStateMachineException;

/** A bean that may put something around each state machine of the application, such as the database that keeps its state. */
public interface StateMachineDecorator {
    /**
     * Puts something around a state machine. Asked once for each, when all beans are there and before the member starts.
     *
     * @param name of the state machine
     * @param type class of the bean, not that of a proxy
     * @param machine as it is so far
     * @return {@code machine} itself, or a {@link WrappedStateMachine} around it
     * @throws InvalidStateMachineException if the class asks for what can't be
     */
    StateMachine decorate(String name, Class<?> type, StateMachine machine);
}
