package io.raftboot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class ServiceVariablesTests {
    /** Variables as Kubernetes makes them of services that are called raft, raft-transport and raft-peers. */
    private static final Map<String, Object> OF_SERVICES = Map.of(
            "RAFT_PORT", "tcp://10.0.0.1:8080",
            "RAFT_SERVICE_HOST", "10.0.0.1",
            "RAFT_TRANSPORT_PORT", "tcp://10.0.0.2:7400",
            "RAFT_TRANSPORT_PORT_7400_TCP", "tcp://10.0.0.2:7400",
            "RAFT_TRANSPORT_PORT_7400_TCP_PORT", "7400",
            "RAFT_TRANSPORT_SERVICE_PORT", "7400",
            "RAFT_PEERS_PORT", "tcp://10.0.0.3:7400",
            "RAFT_PEERS_SERVICE_PORT_0", "7400",
            "RAFT_SOMETHING", "${NO_SUCH_VARIABLE}");

    @Test
    void variablesOfServicesAreWarnedOfAndChangeNothing(CapturedOutput output) {
        var properties = ResolvedContext.start(environment(Map.of()));
        assertThat(properties.transport().port()).isNull();
        assertThat(properties.peers()).isEmpty();
        assertThat(output).contains("RAFT_TRANSPORT_PORT=tcp://10.0.0.2:7400").contains("enableServiceLinks");
    }

    @Test
    void whatAnotherSourceSaysCountsInTheirPlace() {
        var properties = ResolvedContext.start(
                environment(Map.of("raft.transport.port", "${port}", "port", "7500", "raft.cluster-name", "orders")));
        assertThat(properties.transport().port()).isEqualTo(7500);
        assertThat(properties.clusterName()).isEqualTo("orders");
    }

    private static StandardEnvironment environment(Map<String, Object> file) {
        var environment = new StandardEnvironment();
        var sources = environment.getPropertySources();
        sources.replace("systemEnvironment", new SystemEnvironmentPropertySource("systemEnvironment", OF_SERVICES));
        sources.addLast(new MapPropertySource("file", file));
        return environment;
    }
}
