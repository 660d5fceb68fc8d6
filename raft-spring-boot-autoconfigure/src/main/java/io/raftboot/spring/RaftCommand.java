package io.raftboot.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that changes the state of a {@link RaftStateMachine}. It runs on every member, one command at a time in the
 * same order, so what it does may depend on its arguments, the state and
 * {@link io.raftboot.api.CommandContext#current()} alone. An exception that it throws is its result, on every
 * member alike: it must leave the state as a command would that only failed.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RaftCommand {
    /** Name of the command in the log; must stay when the method is renamed. Default: the method's name. */
    String value() default "";

    /**
     * Version of the command, from 1 upwards. To change what a command means or takes, write a second method with the
     * same name and the next version, and keep the first for as long as a log, a snapshot's successor or an older member
     * may hold or send it: a member that does not know the version of a committed command stops.
     */
    int version() default 1;

    /**
     * Exceptions besides those in the {@code throws} clause that a caller gets as they are when the command's outcome
     * was found by a retry, and only class name and message of the failure are known. Each needs a constructor that takes
     * the message alone.
     */
    Class<? extends Exception>[] errors() default {};
}
