package io.raftboot.autoconfigure.aot;

import com.google.protobuf.GeneratedMessage;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.type.filter.AssignableTypeFilter;

/**
 * Hints for what the starter does whatever the application is: messages between members and in files, connections that commands get, and
 * files that are read from the class path. Netty's jars bring their own.
 */
public final class RaftRuntimeHints implements RuntimeHintsRegistrar {
    private static final List<String> MESSAGES = List.of(
            "io.raftboot.raft.proto",
            "io.raftboot.replica.proto",
            "io.raftboot.storage.proto",
            "io.raftboot.transport.proto");

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
        for (Class<?> type :
                List.of(Connection.class, Statement.class, PreparedStatement.class, CallableStatement.class)) {
            hints.proxies().registerJdkProxy(type);
        }
        hints.resources().registerPattern("io/raftboot/autoconfigure/admin/openapi.json");
        for (String kind : List.of("html", "css", "js", "svg", "txt")) {
            hints.resources().registerPattern("io/raftboot/autoconfigure/console/*." + kind);
        }
        // By these a property that is not known is told from one that is.
        hints.resources().registerPattern("META-INF/spring-configuration-metadata.json");
        hints.resources().registerPattern("META-INF/additional-spring-configuration-metadata.json");
        registerMessages(hints, loader);
    }

    /** The text of a message in a log line is made by its methods' names. */
    private static void registerMessages(RuntimeHints hints, @Nullable ClassLoader loader) {
        var messages = new ClassPathScanningCandidateComponentProvider(false);
        messages.setResourceLoader(new DefaultResourceLoader(loader));
        messages.addIncludeFilter(new AssignableTypeFilter(GeneratedMessage.class));
        messages.addIncludeFilter(new AssignableTypeFilter(GeneratedMessage.Builder.class));
        for (String place : MESSAGES) {
            for (var candidate : messages.findCandidateComponents(place)) {
                String name = candidate.getBeanClassName();
                if (name != null) {
                    hints.reflection().registerType(TypeReference.of(name), MemberCategory.INVOKE_PUBLIC_METHODS);
                }
            }
        }
    }
}
