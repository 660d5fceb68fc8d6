package io.raftboot.autoconfigure.properties;

import java.util.ArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/**
 * Passes over what Kubernetes writes into the environment of each container for the services of a namespace. One that is called
 * {@code raft-transport} makes {@code RAFT_TRANSPORT_PORT=tcp://10.0.0.1:7400}, which is a property of ours to Spring, and must not
 * keep a member from starting: what other sources say of that property counts.
 */
public final class ServiceVariables implements ConfigurationPropertiesBindHandlerAdvisor {
    private static final Pattern LINK = Pattern.compile("(?i)(tcp|udp|sctp)://.*");

    private final Environment environment;

    public ServiceVariables(Environment environment) {
        this.environment = environment;
    }

    /** Whether it is the address of a service, which no property of ours is. */
    static boolean isLink(String value) {
        return LINK.matcher(value.trim()).matches();
    }

    @Override
    public BindHandler apply(BindHandler bindHandler) {
        return new Handler(bindHandler);
    }

    private final class Handler extends AbstractBindHandler {
        private Handler(BindHandler parent) {
            super(parent);
        }

        @Override
        public @Nullable Object onFailure(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error)
                throws Exception {
            if (!isOurs(name) || !isLinkIn(context.getSources(), name)) {
                return super.onFailure(name, target, context, error);
            }
            var others = new ArrayList<ConfigurationPropertySource>();
            for (ConfigurationPropertySource source : context.getSources()) {
                if (!isLinkIn(source, name)) {
                    others.add(source);
                }
            }
            return new Binder(others, new PropertySourcesPlaceholdersResolver(environment))
                    .bind(name, target)
                    .orElse(null);
        }
    }

    private static boolean isOurs(ConfigurationPropertyName name) {
        return ConfigurationPropertyName.of(WrittenProperty.PREFIX).isAncestorOf(name);
    }

    /** Whether the source that wins has a link there. */
    private static boolean isLinkIn(Iterable<ConfigurationPropertySource> sources, ConfigurationPropertyName name) {
        for (ConfigurationPropertySource source : sources) {
            if (source.getConfigurationProperty(name) != null) {
                return isLinkIn(source, name);
            }
        }
        return false;
    }

    private static boolean isLinkIn(ConfigurationPropertySource source, ConfigurationPropertyName name) {
        var property = source.getConfigurationProperty(name);
        return property != null
                && source.getUnderlyingSource() instanceof PropertySource<?> underlying
                && WrittenProperty.isEnvironment(underlying)
                && isLink(String.valueOf(property.getValue()));
    }
}
