package io.raftboot.demo.process;

import io.raftboot.testing.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Three members in three processes, each with a directory of certificates that it reads again when they change. They are in service as
 * behind a load balancer. Owned by the thread of the test, but for who is in service.
 */
final class SecuredCluster implements AutoCloseable {
    static final String NAME = "orders";
    static final int SIZE = 3;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String BUNDLE = "spring.ssl.bundle.pem.raft.";

    private final Path directory;
    private final List<Integer> ports = FreePorts.some(2 * SIZE);
    private final Keytool issuer;
    private final Map<Long, MemberProcess> members = new TreeMap<>();
    private final Map<Long, MemberProcess> inService = new ConcurrentSkipListMap<>();
    private int starts;

    /** Each member has its certificate, whether or not it is told of it. */
    SecuredCluster(String name) {
        directory = ClusterOfProcesses.emptyDirectory(name);
        issuer = keytool("issuer");
        for (long id = 1; id <= SIZE; id++) {
            issuer.issue("node" + id, Keytool.uri(NAME, id));
            issuer.write("node" + id, certificates(id));
        }
    }

    /** Issues the certificates of all members. */
    Keytool issuer() {
        return issuer;
    }

    /** Another issuer. */
    Keytool keytool(String name) {
        return new Keytool(directory.resolve(name + ".p12"));
    }

    /** Where a member reads its certificate, its key and whom it trusts. */
    Path certificates(long id) {
        return directory.resolve("certificates-" + id);
    }

    int raftPort(long id) {
        return ports.get(SIZE + (int) id - 1);
    }

    MemberProcess member(long id) {
        return Objects.requireNonNull(members.get(id));
    }

    List<MemberProcess> members() {
        return List.copyOf(members.values());
    }

    /** Any thread. */
    List<MemberProcess> inService() {
        return List.copyOf(inService.values());
    }

    /** What {@code GET /actuator/raft} of a member says of TLS; null there if there is none. */
    JsonNode tls(long id) throws IOException {
        return JSON.readTree(member(id).get("/actuator/raft").body()).get("tls");
    }

    /** The settings of a member without TLS. */
    Map<String, String> plain(long id) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("raft.node-id", String.valueOf(id));
        settings.put("raft.cluster-name", NAME);
        settings.put(
                "raft.peers",
                IntStream.rangeClosed(1, SIZE)
                        .mapToObj(peer -> peer + "@127.0.0.1:" + raftPort(peer))
                        .collect(Collectors.joining(",")));
        settings.put("raft.data-dir", directory.resolve("data-" + id).toString());
        return settings;
    }

    /** The settings of a member with TLS, as docs/security.md has them. */
    Map<String, String> secured(long id, String mode) {
        var settings = withoutCertificate(id, mode);
        settings.put(BUNDLE + "keystore.certificate", "file:" + certificates(id).resolve("node.crt"));
        settings.put(BUNDLE + "keystore.private-key", "file:" + certificates(id).resolve("node.key"));
        return settings;
    }

    /** As {@link #secured}, with nothing to show. */
    Map<String, String> withoutCertificate(long id, String mode) {
        var settings = plain(id);
        settings.put("raft.transport.ssl.bundle", "raft");
        settings.put("raft.transport.ssl.mode", mode);
        settings.put(
                BUNDLE + "truststore.certificate", "file:" + certificates(id).resolve("ca.crt"));
        settings.put(BUNDLE + "reload-on-update", "true");
        settings.put("spring.ssl.bundle.watch.file.quiet-period", "500ms");
        return settings;
    }

    /** Puts a data directory of its own into the settings, in which nothing is yet. */
    void begunAnew(Map<String, String> settings) {
        settings.put("raft.data-dir", directory.resolve("data-anew-" + starts).toString());
    }

    /** Starts the process in a member's place, with an output of its own, and takes it into service no earlier than it is told. */
    MemberProcess start(long id, Map<String, String> settings) {
        starts++;
        var process = new MemberProcess(
                directory.resolve("start-%02d-member-%d.log".formatted(starts, id)),
                ports.get((int) id - 1),
                settings.entrySet().stream()
                        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new));
        members.put(id, process.start());
        return process;
    }

    /** @param mode of TLS; null for none */
    void startAll(@Nullable String mode) {
        for (long id = 1; id <= SIZE; id++) {
            start(id, mode == null ? plain(id) : secured(id, mode));
        }
        for (long id = 1; id <= SIZE; id++) {
            awaitInService(id);
        }
    }

    /** Takes a member out of service, and ends its process in order. */
    void stop(long id) {
        inService.remove(id);
        member(id).stop();
    }

    /** As an operator does it, one after the other. */
    void restart(long id, String mode) {
        stop(id);
        start(id, secured(id, mode));
        awaitInService(id);
    }

    void awaitInService(long id) {
        ClusterOfProcesses.awaitReady(member(id));
        inService.put(id, member(id));
    }

    /** Kills what still runs, whatever the state. */
    @Override
    public void close() {
        members.values().stream().filter(MemberProcess::isAlive).forEach(MemberProcess::kill);
    }
}
