package io.raftboot.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method that replaces the whole state of a {@link RaftStateMachine} by its one parameter, which is what the
 * {@link RaftSnapshot} method returned, on this member or another. What was in the state before must be gone.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RaftRestore {}
