package io.raftboot.spring.leader;

import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.LeaderOnly;
import io.raftboot.spring.machine.ProxyReach;
import io.raftboot.spring.machine.ReplicatedBeans;
import io.raftboot.spring.machine.SelfStarting;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ReflectionUtils;

/** Whether all methods of a class that are for the leader alone can be kept from running elsewhere. */
final class LeaderOnlyShape {
    private static final Set<String> AT_REST = Set.of(
            "jakarta.annotation.PostConstruct",
            "jakarta.annotation.PreDestroy",
            "jakarta.inject.Inject",
            "org.springframework.beans.factory.annotation.Autowired",
            "org.springframework.context.annotation.Bean");

    private LeaderOnlyShape() {}

    /**
     * @param type as it is written, or that of a JDK proxy
     * @throws InvalidStateMachineException naming the class, and the method that is in the way
     */
    static void check(Class<?> type) {
        if (ReplicatedBeans.isAnnotated(type)) {
            throw new InvalidStateMachineException(
                    "The state machine " + type.getName() + " has @LeaderOnly, but commands run on every member.",
                    "Put @LeaderOnly on the bean that calls the state machine.");
        }
        if (Proxy.isProxyClass(type)) {
            return;
        }
        String trouble = ProxyReach.obstacle(type);
        if (trouble != null) {
            throw new InvalidStateMachineException(
                    "@LeaderOnly can't work on " + type.getName() + ": it " + trouble
                            + ", so calls to it can't be intercepted.",
                    "Make it an ordinary class that can be extended (in Kotlin: open), with a constructor that is not"
                            + " private.");
        }
        boolean whole = isAnnotated(type);
        for (Class<?> each : ProxyReach.ownClasses(type)) {
            for (Method method : each.getDeclaredMethods()) {
                check(type, method, whole);
            }
        }
    }

    private static boolean isAnnotated(AnnotatedElement element) {
        return AnnotatedElementUtils.hasAnnotation(element, LeaderOnly.class);
    }

    private static boolean isCalledAtRest(Class<?> type, Method method) {
        MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
        boolean called = (method.getName().equals("afterPropertiesSet") && isA(type, InitializingBean.class))
                || (method.getName().equals("destroy") && isA(type, DisposableBean.class));
        return (called && method.getParameterCount() == 0) || AT_REST.stream().anyMatch(annotations::isPresent);
    }

    private static boolean isA(Class<?> type, Class<?> contract) {
        return contract.isAssignableFrom(type);
    }

    private static void check(Class<?> type, Method method, boolean whole) {
        if (isAnnotated(method) && isCalledAtRest(type, method)) {
            throw new InvalidStateMachineException(
                    "@LeaderOnly can't work on " + method.getDeclaringClass().getName() + "." + method.getName()
                            + "(), which Spring calls while the bean is made or destroyed, when there is nothing around it"
                            + " yet and no member runs: it would run on every member.",
                    "Remove @LeaderOnly, and do what the leader alone may do in an @EventListener of LeadershipGranted.");
        }
        String obstacle = ProxyReach.obstacle(method, type);
        if (obstacle == null || method.isSynthetic() || ReflectionUtils.isObjectMethod(method)) {
            return;
        }
        // A class that is annotated as a whole may have private and static methods, as long as nobody but itself calls
        // them.
        boolean own = Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers());
        if (isAnnotated(method) || (whole && (!own || SelfStarting.is(method)))) {
            throw new InvalidStateMachineException(
                    "@LeaderOnly can't work on the " + obstacle + " method "
                            + method.getDeclaringClass().getName() + "." + method.getName()
                            + "(), which can't be intercepted: it would run on every member.",
                    ProxyReach.remedy(obstacle, method));
        }
    }
}
