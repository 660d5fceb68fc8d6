package io.raftboot.autoconfigure.properties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.replica.config.Peer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class PropertyNameCheckTests {
    @ParameterizedTest
    @CsvSource({
        "raft.peer, raft.peers",
        "raft.peer[0], raft.peers",
        "raft.peers.1, raft.peers",
        "raft.members, raft.peers",
        "raft.cluster.peers, raft.peers",
        "raft.nodeid, raft.node-id",
        "raft.node, raft.node-id",
        "raft.data_dirr, raft.data-dir",
        "raft.snapshots.interval, raft.snapshot.interval",
        "raft.snapshot.interval.entries, raft.snapshot.interval-entries",
        "raft.sesion.timeout, raft.session.timeout",
        "raft.port, raft.transport.port",
        "raft.web.problem-detail, raft.web.problem-details",
        "raft.node-id.value, raft.node-id",
    })
    void nameThatResemblesAKnownOneFailsTheStart(String written, String meant) {
        assertThatExceptionOfType(InvalidRaftPropertyException.class)
                .isThrownBy(() -> check(Map.of(written, "7"), Map.of()))
                .satisfies(e -> {
                    assertThat(e.property()).isEqualTo(written);
                    assertThat(e).hasMessageContaining("resembles " + meant);
                    assertThat(e.action()).contains("Write").contains(meant);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "raft.node-id",
                "raft.nodeId",
                "raft.node_id",
                "raft.peers",
                "raft.peers[0]",
                "raft.snapshot.intervalEntries",
                "raft.web.idempotency-key",
                "raft.banana",
                "raft.demo.colour",
            })
    void knownNamesAndThoseOfOthersDoNot(String written) {
        assertThatCode(() -> check(Map.of(written, "7"), Map.of())).doesNotThrowAnyException();
    }

    @Test
    void variablesOfTheEnvironmentAreOnlyWarnedOfAndChangeNothing() {
        Map<String, Object> variables = Map.of(
                "RAFT_PORT", "tcp://10.0.0.1:7400",
                "RAFT_SERVICE_HOST", "10.0.0.1",
                "RAFT_PORT_8080_TCP_ADDR", "10.0.0.1",
                "RAFT_PEER", "1@a");
        assertThatCode(() -> check(Map.of(), variables)).doesNotThrowAnyException();
        assertThat(Binder.get(environment(Map.of(), variables)).bindOrCreate("raft", RaftProperties.class))
                .isEqualTo(Binder.get(environment(Map.of(), Map.of())).bindOrCreate("raft", RaftProperties.class));
    }

    @Test
    void placeholderThatNothingFillsFailsTheStart() {
        assertThatExceptionOfType(InvalidRaftPropertyException.class)
                .isThrownBy(() -> check(Map.of("raft.data-dir", "${NO_SUCH}/raft"), Map.of()))
                .withMessageContaining("${NO_SUCH}/raft");
        assertThatCode(() -> check(Map.of("raft.data-dir", "\\${literal}/raft"), Map.of()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"raft.node-id,1", "raft.node-id,2", "raft.peers,${PEERS:}", "raft.peers,''"})
    void clusterOfOneIsOneOnlyOnPurpose(String name, String value) {
        var environment = environment(Map.of(name, value), Map.of());
        var properties = Binder.get(environment).bindOrCreate("raft", RaftProperties.class);
        assertThatExceptionOfType(InvalidRaftPropertyException.class)
                .isThrownBy(() -> LoneMember.check(properties.nodeId(), properties.peers(), environment))
                .satisfies(e -> {
                    assertThat(e.property()).isEqualTo(name);
                    assertThat(e.action()).contains("raft.peers=1@node1:7400");
                    assertThat(WrittenText.of(RaftProperties.class, environment, List.of(name)))
                            .contains(name + "=" + value);
                });
    }

    @Test
    void memberAloneInItsListIsAloneOnPurpose() {
        var environment = environment(Map.of("raft.node-id", "2", "raft.peers", "2@localhost:7400"), Map.of());
        var properties = Binder.get(environment).bindOrCreate("raft", RaftProperties.class);
        assertThatCode(() -> LoneMember.check(properties.nodeId(), properties.peers(), environment))
                .doesNotThrowAnyException();
        assertThat(properties.peers()).containsExactly(new Peer(2, "localhost", 7400));
    }

    private static void check(Map<String, Object> written, Map<String, Object> variables) {
        new PropertyNameCheck(RaftProperties.class, environment(written, variables))
                .postProcessBeanFactory(new DefaultListableBeanFactory());
    }

    private static StandardEnvironment environment(Map<String, Object> written, Map<String, Object> variables) {
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", new HashMap<>(written)));
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", new HashMap<>(variables)));
        return environment;
    }
}
