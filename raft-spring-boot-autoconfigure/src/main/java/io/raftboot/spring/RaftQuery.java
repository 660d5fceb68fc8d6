package io.raftboot.spring;

import io.raftboot.api.Consistency;
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

    /**
     * How old the answer of a {@link Consistency#LOCAL} query may be, as Spring writes a duration ({@code "500ms"}): everything
     * acknowledged longer ago is in it, or the call is refused with {@code TOO_STALE}. Empty for any age. With another
     * consistency the start fails.
     */
    String maxStaleness() default "";
}
