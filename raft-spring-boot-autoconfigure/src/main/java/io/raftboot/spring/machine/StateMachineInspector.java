package io.raftboot.spring.machine;

import io.raftboot.api.Consistency;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftParameter;
import io.raftboot.spring.RaftPlaceholders;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.call.OperationsByName;
import io.raftboot.spring.call.RaftMethod;
import io.raftboot.spring.call.StateMachineDefinition;
import io.raftboot.spring.payload.BoundTypes;
import java.beans.Introspector;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.Nullness;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Reads the annotations of a class and refuses, by name and with a way out, what could not work: better no start than
 * a call that silently changes one member alone.
 */
public final class StateMachineInspector {
    private static final List<Class<? extends Annotation>> MARKS =
            List.of(RaftCommand.class, RaftQuery.class, RaftSnapshot.class, RaftRestore.class);

    private final Class<?> type;
    private final RaftPlaceholders placeholders;
    private final ParameterNameDiscoverer parameterNames = new DefaultParameterNameDiscoverer();
    private final OperationsByName commands;
    private final OperationsByName queries;
    private final Map<Method, RaftMethod> byMethod = new LinkedHashMap<>();
    private @Nullable RaftMethod snapshot;
    private @Nullable RaftMethod restore;

    private StateMachineInspector(Class<?> type, RaftPlaceholders placeholders) {
        this.type = type;
        this.placeholders = placeholders;
        commands = new OperationsByName(machineName(type, placeholders), "command");
        queries = new OperationsByName(machineName(type, placeholders), "query");
    }

    /**
     * Looks at a class without properties.
     *
     * @param type annotated, and not a proxy's class
     * @throws InvalidStateMachineException if the class can't be a state machine as it is written
     */
    public static StateMachineDefinition inspect(Class<?> type) {
        return inspect(type, RaftPlaceholders.none());
    }

    /** As {@link #inspect(Class)}, with the application's properties for what the annotations leave to them. */
    public static StateMachineDefinition inspect(Class<?> type, RaftPlaceholders placeholders) {
        return new StateMachineInspector(type, placeholders).inspect();
    }

    static String machineName(Class<?> type) {
        return machineName(type, RaftPlaceholders.none());
    }

    /**
     * The name a class is given by its annotation, or by itself.
     *
     * @throws InvalidStateMachineException if it has none that stays when the program is compiled again
     */
    static String machineName(Class<?> type, RaftPlaceholders placeholders) {
        RaftStateMachine annotation = AnnotatedElementUtils.findMergedAnnotation(type, RaftStateMachine.class);
        if (annotation != null && StringUtils.hasText(annotation.name())) {
            return placeholders.resolve(type, "@RaftStateMachine(name)", annotation.name());
        }
        if (type.isAnonymousClass() || type.isHidden()) {
            throw new InvalidStateMachineException(
                    "The state machine " + type.getName() + " is of a class without a name of its own.",
                    "Write @RaftStateMachine(\"orders\"), for example, or make it a class with a name.");
        }
        return Introspector.decapitalize(ClassUtils.getShortName(type).replaceFirst("^.*\\.", ""));
    }

    /** Whether a method is a command, a query, a save or a restore. */
    public static boolean isOperation(Method method) {
        return MARKS.stream().anyMatch(mark -> has(method, mark));
    }

    private StateMachineDefinition inspect() {
        StateMachineShape.check(type);
        MethodIntrospector.selectMethods(type, this::kindOf).forEach(this::add);
        if (byMethod.isEmpty()) {
            throw invalid(
                    "has neither a command nor a query",
                    "Annotate the methods that change the state with @RaftCommand and those that read it with"
                            + " @RaftQuery, or implement io.raftboot.api.StateMachine.");
        }
        if (snapshot == null != (restore == null)) {
            throw invalid(
                    snapshot == null
                            ? "has a @RaftRestore method but no @RaftSnapshot method"
                            : "has a @RaftSnapshot method but no @RaftRestore method",
                    "Write both, or neither: without them the log is never compacted.");
        }
        return new StateMachineDefinition(
                machineName(type, placeholders), commands, queries, byMethod, snapshot, savedBy(snapshot), restore);
    }

    private RaftMethod.@Nullable Kind kindOf(Method method) {
        List<RaftMethod.Kind> kinds = new ArrayList<>();
        if (has(method, RaftCommand.class)) {
            kinds.add(RaftMethod.Kind.COMMAND);
        }
        if (has(method, RaftQuery.class)) {
            kinds.add(RaftMethod.Kind.QUERY);
        }
        if (has(method, RaftSnapshot.class)) {
            kinds.add(RaftMethod.Kind.SNAPSHOT);
        }
        if (has(method, RaftRestore.class)) {
            kinds.add(RaftMethod.Kind.RESTORE);
        }
        if (kinds.size() > 1) {
            throw invalid(
                    "has a method that is several things at once: " + method.getName() + " is " + kinds,
                    "Leave one of the annotations.");
        }
        return kinds.isEmpty() ? null : kinds.get(0);
    }

    private void add(Method method, RaftMethod.Kind kind) {
        checkMethod(method);
        LiveSignature.check(type, method);
        RaftMethod read = read(method, kind);
        switch (kind) {
            case COMMAND -> addOperation(commands, read);
            case QUERY -> addOperation(queries, read);
            case SNAPSHOT -> snapshot = only(snapshot, read, "@RaftSnapshot", 0);
            case RESTORE -> restore = only(restore, read, "@RaftRestore", 1);
        }
    }

    private void addOperation(OperationsByName operations, RaftMethod added) {
        RaftMethod earlier = operations.add(added);
        if (earlier != null) {
            throw invalid(
                    "has two operations of one name and version: '" + added.name() + "' is " + earlier.method()
                            + " and " + added.method(),
                    "Name one of them otherwise, for example \"" + added.name()
                            + "2\", or give a command that replaces another a version of its own,"
                            + " for example @RaftCommand(value = \"" + added.name() + "\", version = 2).");
        }
        byMethod.put(added.method(), added);
    }

    private RaftMethod only(@Nullable RaftMethod earlier, RaftMethod added, String annotation, int parameters) {
        if (earlier != null) {
            throw invalid("has two methods with " + annotation, "Leave one of them.");
        }
        boolean state = parameters > 0 || added.resultType() != void.class;
        if (added.parameters().size() != parameters || !state) {
            throw invalid(
                    "has a method with " + annotation + " that can't be used: "
                            + added.method().getName(),
                    "@RaftSnapshot takes nothing and returns the state; @RaftRestore takes that state and nothing"
                            + " else.");
        }
        return added;
    }

    private static StateMachineDefinition.SavedState savedBy(@Nullable RaftMethod save) {
        RaftSnapshot annotation =
                save == null ? null : AnnotatedElementUtils.findMergedAnnotation(save.method(), RaftSnapshot.class);
        return annotation == null
                ? new StateMachineDefinition.SavedState(false, false)
                : new StateMachineDefinition.SavedState(annotation.detached(), annotation.comparable());
    }

    private void checkMethod(Method method) {
        String obstacle = ProxyReach.obstacle(method, type);
        if (obstacle != null) {
            throw invalid(
                    "has the " + obstacle + " method " + method.getName() + "(), which can't be intercepted",
                    ProxyReach.remedy(obstacle, method));
        }
    }

    private RaftMethod read(Method method, RaftMethod.Kind kind) {
        method.trySetAccessible();
        RaftQuery query = AnnotatedElementUtils.findMergedAnnotation(method, RaftQuery.class);
        RaftCommand command = AnnotatedElementUtils.findMergedAnnotation(method, RaftCommand.class);
        return new RaftMethod(
                operationName(method, command, query),
                command == null ? RaftMethod.FIRST_VERSION : version(method, command),
                kind,
                new RaftMethod.Signature(
                        method, parameters(method), BoundTypes.resolve(method.getGenericReturnType(), type)),
                query == null
                        ? RaftMethod.Freshness.LINEARIZABLE
                        : new RaftMethod.Freshness(query.consistency(), maxStaleness(method, query)),
                command == null ? List.of() : List.of(command.errors()));
    }

    private int version(Method method, RaftCommand command) {
        if (command.version() < RaftMethod.FIRST_VERSION) {
            throw invalid(
                    "has the command " + method.getName() + "() with the version " + command.version(),
                    "Count versions from " + RaftMethod.FIRST_VERSION + " upwards.");
        }
        return command.version();
    }

    private @Nullable Duration maxStaleness(Method method, RaftQuery query) {
        String text = placeholders.resolve(type, "maxStaleness of " + method.getName() + "()", query.maxStaleness());
        if (text.isBlank()) {
            return null;
        }
        String where = "has the query " + method.getName() + "() with maxStaleness = \"" + text + "\"";
        if (query.consistency() != Consistency.LOCAL) {
            throw invalid(
                    where + " and the consistency " + query.consistency() + ", whose answers are never stale",
                    "Write consistency = Consistency.LOCAL, or leave maxStaleness out.");
        }
        Duration parsed;
        try {
            parsed = DurationFormatterUtils.detectAndParse(text.strip());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw invalid(where + ", which is no duration", "Write one, for example \"500ms\" or \"2s\".");
        }
        if (parsed.isNegative() || parsed.isZero()) {
            throw invalid(where + ", which is not longer than 0", "Write a longer one, for example \"500ms\".");
        }
        return parsed;
    }

    private String operationName(Method method, @Nullable RaftCommand command, @Nullable RaftQuery query) {
        String name = command != null ? command.value() : query != null ? query.value() : "";
        return StringUtils.hasText(name)
                ? placeholders.resolve(type, "the name of " + method.getName() + "()", name)
                : OperationNames.of(method);
    }

    private List<RaftParameter> parameters(Method method) {
        @Nullable String @Nullable [] names = parameterNames.getParameterNames(method);
        List<RaftParameter> parameters = new ArrayList<>();
        for (int i = 0; i < method.getParameterCount(); i++) {
            String name = names == null ? null : names[i];
            if (name == null) {
                throw invalid(
                        "was compiled without the names of parameters, which " + method.getName()
                                + "() needs in the log",
                        "Compile with -parameters (Maven: <parameters>true</parameters> in maven-compiler-plugin).");
            }
            parameters.add(new RaftParameter(
                    name,
                    BoundTypes.resolve(method.getGenericParameterTypes()[i], type),
                    Nullness.forMethodParameter(new MethodParameter(method, i)) == Nullness.NON_NULL));
        }
        return List.copyOf(parameters);
    }

    private static boolean has(Method method, Class<? extends Annotation> annotation) {
        return AnnotatedElementUtils.hasAnnotation(method, annotation);
    }

    private InvalidStateMachineException invalid(String trouble, String action) {
        return new InvalidStateMachineException("The state machine " + type.getName() + " " + trouble + ".", action);
    }
}
