package io.raftboot.spring;

import io.raftboot.replica.Replica;
import java.lang.reflect.Modifier;
import java.util.function.Supplier;
import org.springframework.aop.framework.AbstractAdvisingBeanPostProcessor;
import org.springframework.aop.support.ComposablePointcut;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Puts the advice of {@link LeaderOnly} around the beans that ask for it, as the outermost: on a member that does not
 * lead, no transaction is begun and nothing is measured.
 */
public final class LeaderOnlyPostProcessor extends AbstractAdvisingBeanPostProcessor {
    private static final long serialVersionUID = 1L;

    /** @param replica asked at the first call */
    public LeaderOnlyPostProcessor(Supplier<Replica> replica) {
        var onClass = new AnnotationMatchingPointcut(LeaderOnly.class, true);
        var onMethod = new AnnotationMatchingPointcut(null, LeaderOnly.class, true);
        advisor = new DefaultPointcutAdvisor(
                new ComposablePointcut(onClass).union(onMethod), new LeaderOnlyInterceptor(replica));
        setBeforeExistingAdvisors(true);
        setProxyTargetClass(true);
    }

    @Override
    protected boolean isEligible(Class<?> targetClass) {
        boolean eligible = super.isEligible(targetClass);
        if (eligible) {
            check(targetClass);
        }
        return eligible;
    }

    private static void check(Class<?> type) {
        if (AnnotatedElementUtils.hasAnnotation(type, RaftStateMachine.class)) {
            throw new InvalidStateMachineException(
                    "The state machine " + type.getName() + " has @LeaderOnly, but commands run on every member.",
                    "Put @LeaderOnly on the bean that calls the state machine.");
        }
        if (Modifier.isFinal(type.getModifiers())) {
            throw new IllegalStateException("@LeaderOnly can't work on " + type.getName()
                    + ": the class is final, so calls to it can't be intercepted. Remove 'final' from it");
        }
    }
}
