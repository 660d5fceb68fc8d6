package io.raftboot.autoconfigure.web;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.RaftClusterDetails;
import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.transport.Transport;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** What applications with an embedded web server get, servlet or reactive. */
@AutoConfiguration(after = RaftAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnClass(AbstractConfigurableWebServerFactory.class)
public final class RaftWebServerAutoConfiguration {
    @Bean
    static LazyInitializationExcludeFilter eagerRaftWebPortCheck() {
        return LazyInitializationExcludeFilter.forBeanTypes(WebPortCheck.class);
    }

    @Bean
    WebPortCheck raftWebPortCheck(
            ObjectProvider<RaftProperties> properties,
            ObjectProvider<RaftClusterDetails> cluster,
            ObjectProvider<Transport> transport,
            Environment environment) {
        return new WebPortCheck(new MemberPortCheck(properties, cluster, transport, environment));
    }
}
