package io.raftboot.autoconfigure.discovery;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Says by properties what the name of this process's host says already, so that all processes of a stateful set may be configured
 * alike: which member it is, which others there are, and whether it joins them. Whatever is written elsewhere counts more. Does
 * nothing where it can't: what is wrong is told when the properties are bound.
 */
public final class DnsMembers implements EnvironmentPostProcessor, Ordered {
    static final String SOURCE = "raftDnsDiscovery";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        var dns = properties(environment);
        if (dns == null || dns.name() == null) {
            return;
        }
        var names = OrdinalNames.of(HostName.of(dns, environment), dns.name(), dns.port());
        if (names == null) {
            return;
        }
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("raft.node-id", String.valueOf(names.ownId()));
        Integer members = dns.members();
        if (members != null) {
            said.put("raft.peers", names.peers(members));
            said.put("raft.join", String.valueOf(names.ownId() > members));
        }
        environment.getPropertySources().addLast(new MapPropertySource(SOURCE, said));
    }

    private static DiscoveryProperties.@Nullable Dns properties(ConfigurableEnvironment environment) {
        try {
            return Binder.get(environment)
                    .bindOrCreate("raft.discovery", DiscoveryProperties.class)
                    .dns();
        } catch (BindException e) {
            return null;
        }
    }

    /** After all that reads files of properties. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }
}
