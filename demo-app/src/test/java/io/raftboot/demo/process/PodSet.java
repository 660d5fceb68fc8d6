package io.raftboot.demo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Probe;
import io.raftboot.demo.kubernetes.Manifests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Plays Kubernetes for the manifests: processes of the demo with the arguments, variables, files, probes and hook that are written there.
 * Each start of a pod is under another address, which the others hear of by its name alone, from a file of hosts that stands for the
 * name server. Ports for HTTP, the address to listen on and the places of files are the test's, as all pods share a machine. Owned by the
 * thread of the test; what is ready any thread may read.
 */
final class PodSet implements RunningGroup, AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofMinutes(3);
    private static final int TERMINATED = 128 + 15;
    private static final String MOUNT = "/etc/kv";

    /** Instead of the seconds for which the hook waits for those who send requests: here they know at once. */
    private static final String SETTLE_SECONDS = "0";

    private final Manifests manifests = Manifests.read();
    private final Path directory;
    private final List<String> settings;
    private final int raftPort = ServerPorts.one();
    private final NavigableMap<Integer, Pod> pods = new ConcurrentSkipListMap<>();
    private final NavigableMap<Integer, Pod> ready = new ConcurrentSkipListMap<>();
    private final Thread prober = new Thread(this::probe, "readiness");
    private boolean begun;
    private int addresses;

    private record Pod(String address, int managementPort, MemberProcess process) {}

    /** @param settings besides what the manifests say */
    PodSet(String name, String... settings) {
        this.directory = ClusterOfProcesses.emptyDirectory(name);
        this.settings = List.of(settings);
        write("java.security", manifests.file("java.security"));
        write("pre-stop.sh", manifests.file("pre-stop.sh"));
        prober.setDaemon(true);
        prober.start();
    }

    private void write(String file, String content) {
        try {
            Files.createDirectories(directory.resolve("etc"));
            Files.writeString(directory.resolve("etc").resolve(file), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes pods, all at once and each under an address of its own; they are ready when they are. */
    void create(Collection<Integer> ordinals) {
        for (int ordinal : ordinals) {
            addresses++;
            String address = "127." + (20 + raftPort % 200) + "." + addresses / 200 + "." + (1 + addresses % 200);
            pods.put(ordinal, pod(ordinal, address));
        }
        publish();
        ordinals.forEach(ordinal -> pod(ordinal).process().start());
    }

    /** As who writes {@code --raft.join=true} into the set once the cluster has begun: pods that are made from now on are told so. */
    void begun() {
        begun = true;
    }

    private Pod pod(int ordinal, String address) {
        int managementPort = ServerPorts.one();
        Map<String, String> properties = new TreeMap<>(manifests.properties());
        properties.remove("server.port");
        properties.put("server.address", "127.0.0.1");
        properties.put("management.server.port", String.valueOf(managementPort));
        properties.put("raft.transport.address", address);
        properties.put("raft.discovery.dns.port", String.valueOf(raftPort));
        properties.put("raft.data-dir", volume(ordinal).toString());
        if (begun) {
            properties.put("raft.join", "true");
        }
        List<String> arguments = new ArrayList<>(settings);
        properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        var process = new MemberProcess(
                        directory.resolve(name(ordinal) + ".log"), ServerPorts.one(), arguments.toArray(String[]::new))
                .withManagementPort(managementPort)
                .withJvmOptions(List.of(
                        "-Djdk.net.hosts.file=" + directory.resolve("etc").resolve("hosts")))
                .withEnvironment(variables(ordinal));
        return new Pod(address, managementPort, process);
    }

    private Map<String, String> variables(int ordinal) {
        Map<String, String> variables = new TreeMap<>();
        manifests
                .container()
                .getEnv()
                .forEach(variable -> variables.put(
                        variable.getName(),
                        variable.getValue()
                                .replace(MOUNT, directory.resolve("etc").toString())));
        variables.put("HOSTNAME", name(ordinal));
        return variables;
    }

    /** What the name server says from now on: those that there are, ready or not. */
    private void publish() {
        write(
                "hosts",
                "127.0.0.1 localhost\n"
                        + pods.entrySet().stream()
                                .map(pod -> pod.getValue().address() + " " + host(pod.getKey()) + "\n")
                                .collect(Collectors.joining()));
    }

    /** As whoever deletes a pod, or updates the set: it gets no requests more, the hook runs, and then the process is told to end. */
    void delete(int ordinal) {
        var pod = pod(ordinal);
        pods.remove(ordinal);
        ready.remove(ordinal);
        runPreStop(pod);
        pod.process().stop();
        assertThat(pod.process().waitFor(Duration.ZERO))
                .as(() -> "it ended in order: " + pod.process().output())
                .isEqualTo(TERMINATED);
        publish();
    }

    private void runPreStop(Pod pod) {
        List<String> hook = manifests.preStop();
        String wait = hook.get(3);
        var command = List.of(
                hook.get(0),
                hook.get(1).replace(MOUNT, directory.resolve("etc").toString()),
                String.valueOf(pod.managementPort()),
                wait,
                SETTLE_SECONDS);
        try {
            var process = new ProcessBuilder(command).inheritIO().start();
            assertThat(process.waitFor(2L * Integer.parseInt(wait), TimeUnit.SECONDS))
                    .as("the hook ended")
                    .isTrue();
            assertThat(process.exitValue()).as("of the hook").isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The node of a pod does not answer any more: connections to it stay open, and nothing comes back. */
    void loseNode(int ordinal) {
        pod(ordinal).process().pause();
    }

    /** The process ends without a word, and the name with it. */
    void kill(Collection<Integer> ordinals) {
        for (int ordinal : ordinals) {
            ready.remove(ordinal);
            pod(ordinal).process().kill();
            pods.remove(ordinal);
        }
        publish();
    }

    void awaitReady(Collection<Integer> ordinals) {
        for (int ordinal : ordinals) {
            var process = pod(ordinal).process();
            await(name(ordinal) + " is ready")
                    .atMost(READY_LIMIT)
                    .pollInterval(Duration.ofMillis(50))
                    .failFast(name(ordinal) + " has ended: " + directory, () -> !process.isAlive())
                    .until(() -> ready.containsKey(ordinal));
        }
    }

    void awaitNotReady(int ordinal) {
        await(name(ordinal) + " is not ready")
                .atMost(READY_LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !ready.containsKey(ordinal));
    }

    /** Waits until a process answers as one that is alive does. */
    void awaitAlive(Collection<Integer> ordinals) {
        for (int ordinal : ordinals) {
            var process = pod(ordinal).process();
            await(name(ordinal) + " is alive")
                    .atMost(READY_LIMIT)
                    .pollInterval(Duration.ofMillis(50))
                    .failFast(name(ordinal) + " has ended: " + directory, () -> !process.isAlive())
                    .until(() -> succeeds(process, manifests.container().getStartupProbe(), Duration.ofSeconds(10)));
        }
    }

    /** Deletes a volume that no process uses. */
    void deleteVolume(int ordinal) {
        Directories.delete(volume(ordinal));
    }

    /** Deletes everything, once all processes have ended. */
    void forget() {
        close();
        var unused = ClusterOfProcesses.emptyDirectory(directory.getFileName().toString());
    }

    List<Integer> ordinals() {
        return List.copyOf(pods.keySet());
    }

    @Override
    public List<MemberProcess> inService() {
        var serving = ready.values().stream().map(Pod::process).toList();
        // A service without addresses refuses; so do processes that are not there.
        return serving.isEmpty() ? pods.values().stream().map(Pod::process).toList() : serving;
    }

    @Override
    public MemberProcess process(long id) {
        return pod(Math.toIntExact(id - 1)).process();
    }

    @Override
    public String address(long id) {
        return host(Math.toIntExact(id - 1)) + ":" + raftPort;
    }

    private Pod pod(int ordinal) {
        var pod = pods.get(ordinal);
        if (pod == null) {
            throw new IllegalArgumentException("there is no " + name(ordinal));
        }
        return pod;
    }

    private String name(int ordinal) {
        return manifests.properties().get("raft.cluster-name") + "-" + ordinal;
    }

    private String host(int ordinal) {
        return name(ordinal) + "." + manifests.properties().get("raft.discovery.dns.name");
    }

    private Path volume(int ordinal) {
        return directory.resolve("volume-" + ordinal);
    }

    private void probe() {
        var probe = manifests.container().getReadinessProbe();
        Map<Pod, Integer> failures = new HashMap<>();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                for (var pod : pods.entrySet()) {
                    var limit = Duration.ofSeconds(probe.getTimeoutSeconds());
                    if (succeeds(pod.getValue().process(), probe, limit)) {
                        failures.remove(pod.getValue());
                        admit(pod.getKey(), pod.getValue());
                    } else if (failures.merge(pod.getValue(), 1, Integer::sum) >= probe.getFailureThreshold()) {
                        ready.remove(pod.getKey(), pod.getValue());
                    }
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Unless it was deleted while it was asked. */
    private void admit(int ordinal, Pod pod) {
        ready.put(ordinal, pod);
        if (!pod.equals(pods.get(ordinal))) {
            ready.remove(ordinal, pod);
        }
    }

    private static boolean succeeds(MemberProcess process, Probe probe, Duration limit) {
        return process.isAlive() && process.status(probe.getHttpGet().getPath(), limit) == 200;
    }

    /** Kills what still runs, whatever the state. */
    @Override
    public void close() {
        prober.interrupt();
        pods.values().stream().map(Pod::process).filter(MemberProcess::isAlive).forEach(MemberProcess::kill);
    }
}
