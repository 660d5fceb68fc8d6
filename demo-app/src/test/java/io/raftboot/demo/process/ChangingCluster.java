package io.raftboot.demo.process;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/**
 * Processes of one group that come and go, each started as a new user would: the first one alone, every other one to join, with its own
 * address and that of one member. Callers are sent to those that are in service, as a load balancer would send them. Owned by the
 * thread of the test; what is in service any thread may read.
 */
final class ChangingCluster implements RunningGroup, AutoCloseable {
    private static final Duration UP_LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);

    private final Path directory;
    private final List<String> settings;
    private final NavigableMap<Long, Place> places = new ConcurrentSkipListMap<>();
    private final NavigableMap<Long, MemberProcess> inService = new ConcurrentSkipListMap<>();

    /** Where a member is, and the process that it is. */
    private record Place(int raftPort, MemberProcess process) {
        String address() {
            return "127.0.0.1:" + raftPort;
        }
    }

    ChangingCluster(String name, String... settings) {
        this.directory = ClusterOfProcesses.emptyDirectory(name);
        this.settings = List.of(settings);
    }

    /** Starts a group of one, and puts it into service. */
    void found(long id) {
        int raftPort = ServerPorts.one();
        place(id, raftPort, "--raft.peers=" + id + "@127.0.0.1:" + raftPort);
        start(id);
        serve(id);
    }

    /** Starts processes that join, by way of a member that is in service; returns when they answer over HTTP. */
    void join(List<Long> ids) {
        for (long id : ids) {
            relocate(id, ServerPorts.one());
            process(id).start();
        }
        ids.forEach(this::awaitAnswer);
    }

    /** New addresses for members whose processes have ended, and which are all told all of them. */
    void moveAll(Collection<Long> ids) {
        var ports = ServerPorts.some(ids.size());
        var addresses = new TreeMap<Long, String>();
        for (long id : ids) {
            addresses.put(id, id + "@127.0.0.1:" + ports.get(addresses.size()));
        }
        int next = 0;
        for (long id : ids) {
            place(id, ports.get(next), "--raft.peers=" + String.join(",", addresses.values()));
            next++;
        }
    }

    /** An address for a member whose process has ended, and which is told that of one other member. */
    void relocate(long id, int raftPort) {
        place(id, raftPort, "--raft.join=true", "--raft.peers=" + contact(id) + id + "@127.0.0.1:" + raftPort);
    }

    private String contact(long id) {
        return inService.keySet().stream()
                .filter(other -> other != id)
                .limit(1)
                .map(other -> other + "@" + address(other) + ",")
                .collect(Collectors.joining());
    }

    private void place(long id, int raftPort, String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--raft.node-id=" + id);
        all.add("--raft.data-dir=" + data(id));
        all.add("--raft.admin.enabled=true");
        all.addAll(settings);
        var process = new MemberProcess(
                directory.resolve("member-" + id + ".log"), ServerPorts.one(), all.toArray(String[]::new));
        places.put(id, new Place(raftPort, process));
    }

    /** Starts a process that was placed, and returns when it answers over HTTP, whether or not it is a member. */
    void start(long id) {
        process(id).start();
        awaitAnswer(id);
    }

    private void awaitAnswer(long id) {
        var process = process(id);
        await("node " + id + " answers")
                .atMost(UP_LIMIT)
                .pollInterval(POLL)
                .failFast("the process ended: " + directory, () -> !process.isAlive())
                .until(() -> process.status("/actuator/health/liveness") == 200);
    }

    /** Waits until a member is ready, and lets callers come to it. */
    void serve(long id) {
        ClusterOfProcesses.awaitReady(process(id));
        inService.put(id, process(id));
    }

    /** Sends no more callers to a member. What they have under way there goes on. */
    void withdraw(long id) {
        inService.remove(id);
    }

    /** Ends the process of one that is no member any more. */
    void dismiss(long id) {
        withdraw(id);
        process(id).stop();
        places.remove(id);
    }

    /** Deletes the directory of a member whose process has ended. */
    void wipe(long id) {
        Directories.delete(data(id));
    }

    /** Deletes everything, once all processes have ended. */
    void forget() {
        close();
        Directories.delete(directory);
    }

    @Override
    public MemberProcess process(long id) {
        return placed(id).process();
    }

    @Override
    public String address(long id) {
        return placed(id).address();
    }

    int raftPort(long id) {
        return placed(id).raftPort();
    }

    private Place placed(long id) {
        var place = places.get(id);
        if (place == null) {
            throw new IllegalArgumentException("no process was started as node " + id);
        }
        return place;
    }

    @Override
    public List<MemberProcess> inService() {
        return List.copyOf(inService.values());
    }

    /** Ids of those in service, in order. */
    List<Long> ids() {
        return List.copyOf(inService.keySet());
    }

    /** Kills what still runs, whatever the state. */
    @Override
    public void close() {
        places.values().stream()
                .map(Place::process)
                .filter(MemberProcess::isAlive)
                .forEach(MemberProcess::kill);
    }

    private Path data(long id) {
        return directory.resolve("data-" + id);
    }
}
