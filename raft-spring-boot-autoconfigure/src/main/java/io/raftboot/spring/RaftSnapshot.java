package io.raftboot.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method, without parameters, that returns the whole state of a {@link RaftStateMachine}. It is encoded before the
 * next command runs, so it need not be a copy. Comes with {@link RaftRestore} or not at all; without both the log is
 * never compacted.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RaftSnapshot {}
