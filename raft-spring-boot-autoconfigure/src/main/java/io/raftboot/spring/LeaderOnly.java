package io.raftboot.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method, or all public methods of a bean, that run on the leader of the group alone: a nightly job, say, together with
 * {@code @Scheduled}. On any other member a method without a result does nothing, and one with a result throws
 * {@link NotLeaderException}.
 *
 * <p>Whether this member leads is looked at before the method runs. It may lose the leadership while the method runs and
 * not know yet, so at times two members run it side by side. What must not happen twice belongs into a command of a
 * {@link RaftStateMachine}; where the method works on something else, let it pass on the term of
 * {@link LeaderContext#current()}, and let that refuse a term below the highest it has seen.
 *
 * <p>Applies to calls from outside of the bean, as all of Spring's advice does. The class must not be final.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface LeaderOnly {}
