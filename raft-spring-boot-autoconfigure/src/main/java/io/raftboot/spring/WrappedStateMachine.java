package io.raftboot.spring;

import io.raftboot.replica.StateMachine;

/** A state machine with something around it. */
public interface WrappedStateMachine extends StateMachine {
    /** What is inside. */
    StateMachine wrapped();
}
