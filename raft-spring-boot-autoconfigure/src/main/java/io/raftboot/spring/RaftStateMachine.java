package io.raftboot.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * Marks a bean as a replicated state machine. Whoever injects it and calls a {@link RaftCommand} method replicates the
 * call to every member and gets the result; a {@link RaftQuery} method is a read. Its other methods can't be called
 * through the injected reference, because they would see or change the state of this member alone.
 *
 * <p>A bean that implements {@link io.raftboot.api.StateMachine} is used as it is, and the annotation only names it.
 *
 * <p>The bean must be a singleton of an open class; it is created at start even under lazy initialisation.
 */
@Documented
@Component
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface RaftStateMachine {
    /**
     * Name of the state machine, written into the log with each of its commands: it must stay when the class is
     * renamed. Not the bean's name. Default: the simple name of the class, its first letter in lower case.
     */
    @AliasFor("name")
    String value() default "";

    /** The same as {@link #value()}. Their being aliases keeps Spring from taking the value for the bean's name. */
    @AliasFor("value")
    String name() default "";
}
