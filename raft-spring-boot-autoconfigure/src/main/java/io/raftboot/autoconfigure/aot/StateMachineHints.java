package io.raftboot.autoconfigure.aot;

import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.machine.ReplicatedBeans;
import io.raftboot.spring.machine.StateMachineInspector;
import io.raftboot.spring.payload.BoundTypes;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Hints for each annotated state machine: the methods that the member calls, the types that it writes and reads for them, the exceptions
 * that it makes anew, and the script of its tables.
 */
public final class StateMachineHints implements BeanRegistrationAotProcessor {
    private static final String CLASS_PATH = "classpath:";
    private static final Class<?>[] ONE_STRING = {String.class};

    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
        Class<?> type = ClassUtils.getUserClass(bean.getBeanClass());
        return ReplicatedBeans.isAnnotated(type)
                ? (generation, code) -> register(type, generation.getRuntimeHints())
                : null;
    }

    static void register(Class<?> type, RuntimeHints hints) {
        Set<Type> payloads = new LinkedHashSet<>();
        for (Method method : operations(type)) {
            hints.reflection().registerMethod(method, ExecutableMode.INVOKE);
            payloads.add(BoundTypes.resolve(method.getGenericReturnType(), type));
            for (Type parameter : method.getGenericParameterTypes()) {
                payloads.add(BoundTypes.resolve(parameter, type));
            }
            registerErrors(method, hints);
        }
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            // The shape of the class is checked at each start, by all of its methods and fields.
            hints.reflection().registerType(each);
        }
        new PayloadHints(hints).register(payloads);
        registerSchema(type, hints);
    }

    private static Set<Method> operations(Class<?> type) {
        return MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<Boolean>)
                        method -> StateMachineInspector.isOperation(method) ? Boolean.TRUE : null)
                .keySet();
    }

    /** A command's failure is made anew on the member that was asked a second time. */
    private static void registerErrors(Method method, RuntimeHints hints) {
        Set<Class<?>> errors = new LinkedHashSet<>(List.of(method.getExceptionTypes()));
        RaftCommand command = AnnotatedElementUtils.findMergedAnnotation(method, RaftCommand.class);
        if (command != null) {
            errors.addAll(List.of(command.errors()));
        }
        for (Class<?> error : errors) {
            Stream.of(error.getDeclaredConstructors())
                    .filter(each -> Arrays.equals(each.getParameterTypes(), ONE_STRING))
                    .forEach(each -> hints.reflection().registerConstructor(each, ExecutableMode.INVOKE));
        }
    }

    private static void registerSchema(Class<?> type, RuntimeHints hints) {
        RaftDataSource data = AnnotatedElementUtils.findMergedAnnotation(type, RaftDataSource.class);
        if (data != null && data.schema().startsWith(CLASS_PATH)) {
            hints.resources().registerPattern(withoutSlash(data.schema().substring(CLASS_PATH.length())));
        }
    }

    private static String withoutSlash(String location) {
        return location.startsWith("/") ? location.substring(1) : location;
    }
}
