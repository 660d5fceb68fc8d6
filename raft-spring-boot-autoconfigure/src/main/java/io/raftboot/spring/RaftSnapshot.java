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
}
