package io.raftboot.demo.kubernetes;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** The manifests of {@code docs/operations/kubernetes}, as the classes of Kubernetes' API. */
public final class Manifests {
    public static final Path DIRECTORY = Path.of("..", "docs", "operations", "kubernetes");

    /** By API version and kind. */
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "apps/v1 StatefulSet", StatefulSet.class,
            "v1 Service", Service.class,
            "v1 ConfigMap", ConfigMap.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
            "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class);

    private final List<HasMetadata> all = new ArrayList<>();

    private Manifests() {}

    /** All that are written; a key that is written twice is an error. */
    public static Manifests read() {
        var manifests = new Manifests();
        for (Path file : files()) {
            try (var in = Files.newBufferedReader(file)) {
                var options = new LoaderOptions();
                options.setAllowDuplicateKeys(false);
                new Yaml(options).loadAll(in).forEach(document -> manifests.all.add(typed((Map<?, ?>) document)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return manifests;
    }

    private static List<Path> files() {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HasMetadata typed(Map<?, ?> document) {
        String kind = document.get("apiVersion") + " " + document.get("kind");
        Class<? extends HasMetadata> type = KINDS.get(kind);
        if (type == null) {
            throw new AssertionError("there is no kind " + kind);
        }
        return new ObjectMapper().convertValue(document, type);
    }

    public List<HasMetadata> all() {
        return all;
    }

    /** The one of a class. */
    public <T extends HasMetadata> T only(Class<T> type) {
        return all.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .reduce((first, second) -> {
                    throw new AssertionError("two of " + type);
                })
                .orElseThrow();
    }

    /** A service by its name. */
    public Service service(String name) {
        return all.stream()
                .filter(Service.class::isInstance)
                .map(Service.class::cast)
                .filter(service -> service.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The one container of each pod. */
    public Container container() {
        var containers =
                only(StatefulSet.class).getSpec().getTemplate().getSpec().getContainers();
        if (containers.size() != 1) {
            throw new AssertionError(containers.size() + " containers");
        }
        return containers.get(0);
    }

    /** What the container's process is told on its command line, by the properties' names. */
    public Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String argument : container().getArgs()) {
            if (!argument.startsWith("--") || argument.indexOf('=') < 0) {
                throw new AssertionError(argument + " is no property");
            }
            String[] parts = argument.substring(2).split("=", 2);
            if (properties.put(parts[0], parts[1]) != null) {
                throw new AssertionError(parts[0] + " is there twice");
            }
        }
        return properties;
    }

    public int port(String name) {
        return container().getPorts().stream()
                .filter(port -> port.getName().equals(name))
                .findFirst()
                .orElseThrow()
                .getContainerPort();
    }

    /** A file of the config map. */
    public String file(String name) {
        return Objects.requireNonNull(only(ConfigMap.class).getData().get(name), name);
    }

    /** Path and further arguments of what is run before a container is told to end. */
    public List<String> preStop() {
        return container().getLifecycle().getPreStop().getExec().getCommand();
    }
}
