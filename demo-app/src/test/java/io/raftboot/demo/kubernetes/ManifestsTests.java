package io.raftboot.demo.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is written for Kubernetes is what its API takes, and names what the product and the demo have. */
class ManifestsTests {
    /** Phases in which something stops: the leadership, requests, the web server, the member. Each may take its time-out. */
    private static final int PHASES = 4;

    /** For a thread that hangs in the disk ({@code docs/operations.md}). */
    private static final int HANGING_DISK_SECONDS = 10;

    private final Manifests manifests = Manifests.read();
    private final StatefulSet set = manifests.only(StatefulSet.class);
    private final PodSpec pod = set.getSpec().getTemplate().getSpec();
    private final Map<String, String> labels =
            set.getSpec().getTemplate().getMetadata().getLabels();

    @Test
    void thereIsNoFieldThatTheApiDoesNotKnow() {
        assertThat(manifests.all()).hasSize(6);
        for (var manifest : manifests.all()) {
            assertThat(UnknownFields.of(manifest)).isEmpty();
        }
    }

    @Test
    void misspeltFieldIsFound() {
        var container = manifests.container();
        container.getReadinessProbe().setAdditionalProperty("failureTreshold", 2);
        assertThat(UnknownFields.of(set))
                .containsExactly("StatefulSet.Spec.Template.Spec.Containers[0].ReadinessProbe.failureTreshold");
    }

    @Test
    void propertiesAreKnownToTheProduct() throws IOException {
        Map<String, @Nullable String> known = knownProperties();
        assertThat(known).containsKeys("server.port", "raft.node-id");
        assertThat(known.keySet()).containsAll(manifests.properties().keySet());
    }

    @Test
    void portsAreThoseOfTheApplication() throws IOException {
        var properties = manifests.properties();
        assertThat(properties.get("server.port")).isEqualTo(String.valueOf(manifests.port("http")));
        assertThat(properties.get("management.server.port")).isEqualTo(String.valueOf(manifests.port("management")));
        assertThat(knownProperties().get("raft.discovery.dns.port")).isEqualTo(String.valueOf(manifests.port("raft")));
        for (Service service : List.of(manifests.service("kv"), manifests.service("kv-raft"))) {
            for (var port : service.getSpec().getPorts()) {
                assertThat(manifests.port(port.getTargetPort().getStrVal())).isPositive();
            }
            assertThat(labels).containsAllEntriesOf(service.getSpec().getSelector());
        }
        for (var rule : manifests.only(NetworkPolicy.class).getSpec().getIngress()) {
            for (var port : rule.getPorts()) {
                assertThat(manifests.port(port.getPort().getStrVal())).isPositive();
            }
        }
    }

    @Test
    void membersFindEachOtherBeforeTheyAreReadyAndCallersFindThoseThatAre() {
        var peers = manifests.service(set.getSpec().getServiceName());
        assertThat(peers.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(peers.getSpec().getPublishNotReadyAddresses()).isTrue();
        assertThat(manifests.properties().get("raft.discovery.dns.name"))
                .isEqualTo(peers.getMetadata().getName());
        assertThat(manifests.properties().get("raft.discovery.dns.members"))
                .isEqualTo(String.valueOf(set.getSpec().getReplicas()));
        assertThat(set.getSpec().getPodManagementPolicy()).isEqualTo("Parallel");
        var callers = manifests.service("kv").getSpec();
        assertThat(callers.getClusterIP()).isNull();
        assertThat(callers.getPublishNotReadyAddresses()).isNull();
    }

    @Test
    void oneAtATimeIsDisruptedAndNoTwoShareANode() {
        var budget = manifests.only(PodDisruptionBudget.class).getSpec();
        assertThat(budget.getMaxUnavailable()).isEqualTo(new IntOrString(1));
        assertThat(labels).containsAllEntriesOf(budget.getSelector().getMatchLabels());
        assertThat(labels).containsAllEntriesOf(set.getSpec().getSelector().getMatchLabels());
        var apart = pod.getAffinity().getPodAntiAffinity().getRequiredDuringSchedulingIgnoredDuringExecution();
        assertThat(apart).hasSize(1);
        assertThat(apart.get(0).getTopologyKey()).isEqualTo("kubernetes.io/hostname");
        assertThat(labels).containsAllEntriesOf(apart.get(0).getLabelSelector().getMatchLabels());
    }

    @Test
    void volumesAreKept() {
        var retention = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
        assertThat(retention.getWhenDeleted()).isEqualTo("Retain");
        assertThat(retention.getWhenScaled()).isEqualTo("Retain");
        var data = set.getSpec().getVolumeClaimTemplates().get(0).getMetadata().getName();
        assertThat(manifests.properties().get("raft.data-dir")).startsWith(mount(data) + "/");
    }

    private String mount(String volume) {
        return manifests.container().getVolumeMounts().stream()
                .filter(mount -> mount.getName().equals(volume))
                .findFirst()
                .orElseThrow()
                .getMountPath();
    }

    @Test
    void filesAreWhereTheyAreLookedFor() {
        String directory = mount("configuration") + "/";
        assertThat(manifests.preStop().get(1)).isEqualTo(directory + "pre-stop.sh");
        assertThat(manifests.file("pre-stop.sh")).contains("/actuator/raft/quorum-critical");
        assertThat(manifests.container().getEnv())
                .filteredOn(variable -> variable.getName().equals("JAVA_TOOL_OPTIONS"))
                .singleElement()
                .satisfies(variable -> assertThat(variable.getValue())
                        .contains("-Djava.security.properties=" + directory + "java.security"));
        assertThat(manifests.file("java.security"))
                .contains("networkaddress.cache.ttl=")
                .contains("networkaddress.cache.negative.ttl=");
        assertThat(pod.getVolumes())
                .extracting(volume -> volume.getName())
                .containsExactlyInAnyOrder("configuration", "tmp");
    }

    @Test
    void gracePeriodIsLongerThanTheHookAndAllPhasesOfTheShutdown() throws IOException {
        var hook = manifests.preStop();
        assertThat(Integer.parseInt(hook.get(2))).isEqualTo(manifests.port("management"));
        int hookSeconds = Integer.parseInt(hook.get(3)) + Integer.parseInt(hook.get(4));
        var application = new Properties();
        try (var in = getClass().getResourceAsStream("/application.properties")) {
            application.load(in);
        }
        long phaseSeconds = DurationStyle.detectAndParse(
                        application.getProperty("spring.lifecycle.timeout-per-shutdown-phase"))
                .toSeconds();
        assertThat(pod.getTerminationGracePeriodSeconds())
                .isGreaterThan(hookSeconds + PHASES * phaseSeconds + HANGING_DISK_SECONDS);
    }

    @Test
    void probesAskTheGroupsOfBootOnThePortOfTheActuator() {
        var container = manifests.container();
        assertProbe(container.getStartupProbe(), "/actuator/health/liveness");
        assertProbe(container.getLivenessProbe(), "/actuator/health/liveness");
        assertProbe(container.getReadinessProbe(), "/actuator/health/readiness");
    }

    private static void assertProbe(Probe probe, String path) {
        assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("management");
        // Health answers within an election timeout, which is a second.
        assertThat(probe.getTimeoutSeconds()).isGreaterThan(1);
    }

    @Test
    void processesAreNoRootAndWriteNowhereElse() {
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
        var container = manifests.container().getSecurityContext();
        assertThat(container.getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getAllowPrivilegeEscalation()).isFalse();
        assertThat(pod.getEnableServiceLinks()).isFalse();
    }

    /** All properties that any jar has metadata of, with their defaults. */
    private Map<String, @Nullable String> knownProperties() throws IOException {
        Map<String, @Nullable String> known = new HashMap<>();
        for (URL file : Collections.list(
                getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (var in = file.openStream()) {
                for (JsonNode property : JsonMapper.shared().readTree(in).get("properties")) {
                    JsonNode value = property.get("defaultValue");
                    known.put(property.get("name").asString(), value == null ? null : value.asString(""));
                }
            }
        }
        return known;
    }
}
