package io.raftboot.spring;

import io.raftboot.replica.Consistency;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A method that answers from the state of a {@link RaftStateMachine} and leaves it as it is. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RaftQuery {
    /** Name of the query. Default: the method's name. */
    String value() default "";

    /** How fresh the answer has to be. */
    Consistency consistency() default Consistency.LINEARIZABLE;
}
