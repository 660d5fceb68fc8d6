package io.raftboot.autoconfigure.jdbc;

import io.raftboot.api.StateMachine;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.machine.StateMachineDecorator;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.interceptor.NoRollbackRuleAttribute;
import org.springframework.transaction.interceptor.RuleBasedTransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.util.ReflectionUtils;

/**
 * Looks for {@code @Transactional} on the methods of state machines. In a {@code DataSource} it says what is so anyway; elsewhere
 * it would begin a transaction on the caller's side, and hold a connection while the group agrees.
 */
final class TransactionalStateMachines implements StateMachineDecorator {
    private static final List<Class<? extends Annotation>> OPERATIONS =
            List.of(RaftCommand.class, RaftQuery.class, RaftSnapshot.class, RaftRestore.class);

    private final AnnotationTransactionAttributeSource attributes = new AnnotationTransactionAttributeSource(false);

    @Override
    public StateMachine decorate(String name, Class<?> type, StateMachine machine) {
        boolean inDatabase = AnnotatedElementUtils.hasAnnotation(type, RaftDataSource.class);
        for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type)) {
            TransactionAttribute attribute =
                    isOperation(method) ? attributes.getTransactionAttribute(method, type) : null;
            if (attribute != null) {
                if (inDatabase) {
                    checkInside(type, method, attribute);
                } else {
                    checkOutside(type, method, attribute);
                }
            }
        }
        return machine;
    }

    private static boolean isOperation(Method method) {
        return OPERATIONS.stream().anyMatch(operation -> AnnotatedElementUtils.hasAnnotation(method, operation));
    }

    private static void checkOutside(Class<?> type, Method method, TransactionAttribute attribute) {
        switch (attribute.getPropagationBehavior()) {
            case TransactionDefinition.PROPAGATION_SUPPORTS,
                    TransactionDefinition.PROPAGATION_NOT_SUPPORTED,
                    TransactionDefinition.PROPAGATION_NEVER -> {}
            default ->
                throw invalid(
                        type,
                        method,
                        "which would hold a transaction and its connection while the group agrees, and could not roll back"
                                + " what the group has applied",
                        "Remove @Transactional from the state machine. If its state is in the database, annotate it with"
                                + " @RaftDataSource: each command then runs in one transaction.");
        }
    }

    private static void checkInside(Class<?> type, Method method, TransactionAttribute attribute) {
        switch (attribute.getPropagationBehavior()) {
            case TransactionDefinition.PROPAGATION_NOT_SUPPORTED, TransactionDefinition.PROPAGATION_NEVER ->
                throw invalid(
                        type,
                        method,
                        "with the propagation " + propagation(attribute)
                                + ", but what is in a DataSource runs in a transaction always",
                        "Remove @Transactional, or the propagation.");
            default -> {}
        }
        if (attribute instanceof RuleBasedTransactionAttribute rules
                && rules.getRollbackRules().stream().anyMatch(NoRollbackRuleAttribute.class::isInstance)) {
            throw invalid(
                    type,
                    method,
                    "with noRollbackFor, but what a command did that throws is always rolled back",
                    "Return what is to be kept as a result, in place of the exception, and remove noRollbackFor.");
        }
    }

    private static String propagation(TransactionAttribute attribute) {
        return attribute.getPropagationBehavior() == TransactionDefinition.PROPAGATION_NEVER
                ? "NEVER"
                : "NOT_SUPPORTED";
    }

    private static InvalidStateMachineException invalid(Class<?> type, Method method, String trouble, String action) {
        return new InvalidStateMachineException(
                "The state machine " + type.getName() + " has @Transactional at " + method.getName() + "(), " + trouble
                        + ".",
                action);
    }
}
