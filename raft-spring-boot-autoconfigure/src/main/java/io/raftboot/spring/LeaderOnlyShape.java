package io.raftboot.spring;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;

/** Whether all methods of a class that are for the leader alone can be kept from running elsewhere. */
final class LeaderOnlyShape {
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

    private static void check(Class<?> type, Method method, boolean whole) {
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
