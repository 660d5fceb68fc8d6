package io.raftboot.autoconfigure.jdbc;

import io.raftboot.spring.RaftStateMachine;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.support.ClassFilters;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.transaction.interceptor.BeanFactoryTransactionAttributeSourceAdvisor;

/**
 * Keeps {@code @Transactional} on a state machine from beginning a transaction on the caller's side, around the proposal: the
 * command has one of its own where it is applied. Before all other post processors, so that no advisor is made without it.
 */
final class CallerTransactions implements BeanPostProcessor, PriorityOrdered {
    private static final ClassFilter OTHERS =
            type -> !AnnotatedElementUtils.hasAnnotation(type, RaftStateMachine.class);

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        if (bean instanceof BeanFactoryTransactionAttributeSourceAdvisor advisor) {
            advisor.setClassFilter(
                    ClassFilters.intersection(advisor.getPointcut().getClassFilter(), OTHERS));
        }
        return bean;
    }
}
