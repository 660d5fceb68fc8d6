package io.raftboot.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method, without parameters, that returns the whole state of a {@link RaftStateMachine}. It is encoded before the
 * next command runs, so it need not be a copy, unless it says that it is. Comes with {@link RaftRestore} or not at all;
 * without both the log is never compacted.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RaftSnapshot {
    /**
     * Whether what the method returns is a copy that no later command changes, all that can be reached from it included. It is
     * then encoded on another thread while commands go on, which wait else until it is; that matters for a large state. What
     * says so and is no copy makes snapshots in which half a command may be.
     */
    boolean detached() default false;

    /**
     * Whether two members with the same state return what is written alike, so that the states of members can be compared ({@code
     * raft.divergence-check}). In which order maps and sets iterate makes no difference where the state is written as JSON; in a
     * {@code byte[]}, a list or a text that is made of a {@code HashMap} it does. If not, only the results of commands are compared.
     */
    boolean comparable() default true;
}
