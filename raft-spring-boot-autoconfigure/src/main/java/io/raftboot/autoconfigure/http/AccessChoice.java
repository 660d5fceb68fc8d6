package io.raftboot.autoconfigure.http;

import io.raftboot.autoconfigure.RaftProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.config.core.GrantedAuthorityDefaults;
import org.springframework.util.ClassUtils;

/** Chooses who may call by what the application has: security in use counts, and not that it is in the class path. */
final class AccessChoice {
    private static final Logger log = LoggerFactory.getLogger(AccessChoice.class);
    private static final String AUTHENTICATION = "org.springframework.security.core.Authentication";
    private static final String SERVLET_CHAIN = "springSecurityFilterChain";
    private static final String REACTIVE_CHAIN = "org.springframework.security.web.server.WebFilterChainProxy";

    private AccessChoice() {}

    static AdminAccess of(ApplicationContext context, RaftProperties properties) {
        var settings = properties.admin();
        String served = served(properties);
        if (isSecured(context)) {
            return Secured.access(context, settings.role());
        }
        if (settings.allowRemote()) {
            log.warn(
                    "raft.admin.allow-remote=true, and the application has no security: whoever reaches its port can {}",
                    settings.enabled()
                            ? "change the members below " + Paths.ADMIN
                            : "look at the members at " + Paths.CONSOLE);
            return new OpenAccess();
        }
        log.warn(
                "The application has no security, so what is at {} is for callers on this machine alone; with Spring Security it is for"
                        + " those who have the role {}",
                served,
                settings.role());
        return new LocalAccess();
    }

    private static String served(RaftProperties properties) {
        boolean console = properties.console().enabled();
        return !properties.admin().enabled()
                ? Paths.CONSOLE
                : console ? Paths.ADMIN + " and " + Paths.CONSOLE : Paths.ADMIN;
    }

    private static boolean isSecured(ApplicationContext context) {
        ClassLoader classes = context.getClassLoader();
        return ClassUtils.isPresent(AUTHENTICATION, classes)
                && (context.containsBean(SERVLET_CHAIN) || hasReactiveChain(context));
    }

    private static boolean hasReactiveChain(ApplicationContext context) {
        ClassLoader classes = context.getClassLoader();
        return ClassUtils.isPresent(REACTIVE_CHAIN, classes)
                && context.getBeanProvider(ClassUtils.resolveClassName(REACTIVE_CHAIN, classes)).stream()
                        .findAny()
                        .isPresent();
    }

    /** What knows types that an application without security does not have. */
    private static final class Secured {
        private Secured() {}

        static AdminAccess access(ApplicationContext context, String role) {
            var prefix = context.getBeanProvider(GrantedAuthorityDefaults.class).stream()
                    .map(GrantedAuthorityDefaults::getRolePrefix)
                    .findFirst()
                    .orElse("ROLE_");
            return new RoleAccess(
                    role, prefix, context.getBeanProvider(RoleHierarchy.class).getIfAvailable());
        }
    }
}
