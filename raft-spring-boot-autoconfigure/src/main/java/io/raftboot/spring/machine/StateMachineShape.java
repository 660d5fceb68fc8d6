package io.raftboot.spring.machine;

import io.raftboot.spring.InvalidStateMachineException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.springframework.beans.factory.Aware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Whether all of a class can be replicated: nothing of it may be reached past the proxy, and nobody may call it on a member by
 * itself.
 */
final class StateMachineShape {
    /** Interfaces called on the bean itself before there is a proxy, or after there was one, or that have nothing to do with the state. */
    private static final Set<Class<?>> HARMLESS = Set.of(InitializingBean.class, DisposableBean.class, Ordered.class);

    private final Class<?> type;

    private StateMachineShape(Class<?> type) {
        this.type = type;
    }

    /** @throws InvalidStateMachineException naming the class, and the member that is in the way */
    static void check(Class<?> type) {
        var shape = new StateMachineShape(type);
        shape.checkClass();
        shape.checkCallers();
        for (Class<?> each : ProxyReach.ownClasses(type)) {
            for (Method method : each.getDeclaredMethods()) {
                shape.checkMethod(method);
            }
            for (Field field : each.getDeclaredFields()) {
                shape.checkField(field);
            }
        }
    }

    private void checkClass() {
        String trouble = Proxy.isProxyClass(type) ? "is a JDK proxy" : ProxyReach.obstacle(type);
        if (trouble != null) {
            throw invalid(
                    trouble + ", so calls to it can't be intercepted",
                    "Make it an ordinary class that can be extended (in Kotlin: open), with a constructor that is not"
                            + " private.");
        }
    }

    private void checkCallers() {
        if (SelfStarting.is(type)) {
            throw startsItself("an annotation of the class");
        }
        for (Method method : MethodIntrospector.selectMethods(type, SelfStarting::is)) {
            throw startsItself(method.getName() + "()");
        }
        SelfStarting.interfaces(type).findFirst().ifPresent(each -> {
            throw startsItself(each.getName());
        });
        for (Class<?> each : ProxyReach.interfaces(type)) {
            if (each.getName().startsWith("org.springframework.")
                    && !Aware.class.isAssignableFrom(each)
                    && HARMLESS.stream().noneMatch(harmless -> harmless.isAssignableFrom(each))) {
                checkContract(each);
            }
        }
    }

    /** An interface of Spring is there to be called by Spring. */
    private void checkContract(Class<?> contract) {
        for (Method method : contract.getMethods()) {
            Method own = ClassUtils.getMostSpecificMethod(method, type);
            if (Modifier.isAbstract(method.getModifiers()) && !StateMachineInspector.isOperation(own)) {
                throw startsItself(contract.getName() + "." + method.getName() + "()");
            }
        }
    }

    private InvalidStateMachineException startsItself(String where) {
        return invalid(
                "is called by Spring itself at " + where + ", which would run on every member for itself",
                "Move what Spring calls, @Scheduled, @EventListener, interfaces of Spring and the like, to another bean, and"
                        + " call the state machine's commands and queries from there.");
    }

    private void checkMethod(Method method) {
        if (AnnotatedElementUtils.hasAnnotation(method, Bean.class)) {
            throw invalid(
                    "has the @Bean method " + describe(method) + ", which Spring could not call through the proxy",
                    "Move the method to a class of its own with @Configuration.");
        }
        int modifiers = method.getModifiers();
        if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers) || method.isSynthetic()) {
            return;
        }
        String obstacle = ProxyReach.obstacle(method, type);
        if (obstacle != null) {
            throw invalid(
                    "has the " + obstacle + " method " + describe(method)
                            + ", which can't be intercepted: called from outside it would see no state at all",
                    ProxyReach.remedy(obstacle, method)
                            + " If only the state machine itself calls it, make it private.");
        }
    }

    private void checkField(Field field) {
        if (Modifier.isPublic(field.getModifiers())
                && !Modifier.isStatic(field.getModifiers())
                && !field.isSynthetic()) {
            throw invalid(
                    "has the public field " + field.getName()
                            + (field.getDeclaringClass() == type
                                    ? ""
                                    : " of " + field.getDeclaringClass().getName())
                            + ", whose value can't be seen or set through the injected bean",
                    "Make the field private, and write a @RaftQuery that returns it (in Kotlin: private, without @JvmField;"
                            + " a lateinit property is as visible as its setter).");
        }
    }

    private String describe(Method method) {
        return method.getName() + "()"
                + (method.getDeclaringClass() == type
                        ? ""
                        : " of " + method.getDeclaringClass().getName());
    }

    private InvalidStateMachineException invalid(String trouble, String action) {
        return new InvalidStateMachineException("The state machine " + type.getName() + " " + trouble + ".", action);
    }
}
