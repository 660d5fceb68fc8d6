package io.raftboot.test;

import static org.awaitility.Awaitility.await;

import io.raftboot.api.TransferOutcome;
import io.raftboot.replica.Replica;
import io.raftboot.storage.disk.Disk;
import io.raftboot.transport.memory.MemoryNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The members of a cluster, and what can happen to them. What waits does so for at most {@link #PATIENCE}, and fails then
 * with what it waited for. Used on the test's thread alone; the members' beans on any.
 */
public final class RaftCluster implements AutoCloseable {
    /** Far longer than anything here takes, on the slowest of machines. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int PORT = 7400;

    private final MemberContexts contexts;
    private final SharedMocks mocks = new SharedMocks();
    private final Path directory;
    private final MemoryNetwork network = new MemoryNetwork(System.nanoTime());
    private final Map<Long, RaftMember> members = new LinkedHashMap<>();
    private final Alikeness alikeness;
    private @Nullable GenericApplicationContext empty;

    /** @param seed 0 for one that is drawn */
    RaftCluster(int nodes, long seed, MemberContexts contexts, Path directory) {
        this.alikeness = new Alikeness(seed == 0 ? new SplittableRandom().nextLong() : seed, nodes);
        this.contexts = contexts;
        this.directory = directory;
        LongStream.rangeClosed(1, nodes).forEach(id -> members.put(id, new RaftMember(id, this::startContext)));
    }

    /** Starts all members, and waits until one of them leads. */
    void start() {
        try {
            members.values().forEach(RaftMember::start);
            leader();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** All members, crashed ones too, by their ids. */
    public List<RaftMember> members() {
        return List.copyOf(members.values());
    }

    /**
     * The member of that id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public RaftMember member(long id) {
        RaftMember member = members.get(id);
        if (member == null) {
            throw new IllegalArgumentException("there is no member " + id + ", only " + members.keySet());
        }
        return member;
    }

    /** The leader, once there is exactly one that says so. One that was cut off says so for an election timeout yet. */
    public RaftMember leader() {
        await("exactly one leader").atMost(PATIENCE).until(() -> leaders().size() == 1);
        return leaders().get(0);
    }

    /** A running member that does not lead. */
    public RaftMember follower() {
        RaftMember leader = leader();
        return members.values().stream()
                .filter(member -> member.isRunning() && member != leader)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no member runs but the leader"));
    }

    /**
     * Ends members as if their processes were killed: nothing is handed over, and nothing more leaves them. What they forced
     * to disk is there at a {@link #restart}; their beans are gone.
     */
    public void crash(RaftMember... crashed) {
        Arrays.stream(crashed).forEach(member -> network.stop(member.id()));
        Arrays.stream(crashed).forEach(RaftMember::stop);
    }

    /** Starts members that have crashed, each with the disk it had and beans of its own. */
    public void restart(RaftMember... restarted) {
        for (RaftMember member : restarted) {
            network.restart(member.id());
            member.start();
        }
    }

    /** Cuts these members off from all others; among themselves they stay connected. */
    public void partition(RaftMember... cutOff) {
        List<RaftMember> one = Arrays.asList(cutOff);
        members.values().stream()
                .filter(other -> !one.contains(other))
                .forEach(other -> one.forEach(member -> network.cutBoth(member.id(), other.id())));
    }

    /** Repairs all {@link #partition}s. */
    public void heal() {
        network.heal();
    }

    /** Lets every message between members take a random time between the two; zero for as fast as can be. */
    public void delay(Duration least, Duration most) {
        network.delay(least, most);
    }

    /** Loses each message between members with this probability, from 0 to 1. */
    public void lose(double probability) {
        network.drop(probability);
    }

    /** Moves the leadership, and waits until the member leads. */
    public void moveLeadership(RaftMember target) {
        await("the leadership of " + target).atMost(PATIENCE).until(() -> {
            RaftMember leader = leader();
            if (leader == target) {
                return true;
            }
            TransferOutcome outcome =
                    leader.bean(Replica.class).transferLeadership(target.id()).join();
            return outcome instanceof TransferOutcome.Transferred && target.isLeader();
        });
    }

    /** Waits until all running members have applied what the leader has committed by now. */
    public void awaitApplied() {
        long committed = leader().status().commitIndex();
        await("index " + committed + " applied on all members").atMost(PATIENCE).until(() -> members.values().stream()
                .filter(RaftMember::isRunning)
                .allMatch(member -> member.status().appliedIndex() >= committed));
    }

    /** Fails if the members have not stayed alike; at the end of a test's method. */
    void checkAlike() {
        alikeness.check(members.values());
    }

    private List<RaftMember> leaders() {
        return members.values().stream().filter(RaftMember::isLeader).toList();
    }

    /** Context of the first member that has not crashed; one without an application's beans if all have. */
    ConfigurableApplicationContext context() {
        return members.values().stream()
                .filter(member -> !member.hasCrashed())
                .findFirst()
                .map(RaftMember::context)
                .orElseGet(this::emptyContext);
    }

    private ConfigurableApplicationContext emptyContext() {
        if (empty == null) {
            empty = new GenericApplicationContext();
            empty.getBeanFactory().registerSingleton("raftTestCluster", this);
            mocks.shareWith(empty);
            empty.refresh();
        }
        return empty;
    }

    private ConfigurableApplicationContext startContext(long id, Disk disk) {
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put("raft.node-id", id);
        identity.put(
                "raft.peers",
                members.keySet().stream()
                        .map(peer -> peer + "@member" + peer + ":" + PORT)
                        .collect(Collectors.joining(",")));
        identity.put("raft.data-dir", literal(directory.resolve("member-" + id)));
        identity.putAll(alikeness.propertiesOf(id));
        var context =
                contexts.load(new MemberCustomizer(id, identity, disk, () -> network.join(id), this, mocks, alikeness));
        mocks.learnFrom(context);
        return context;
    }

    /** A path may have in it what would be filled in as a placeholder. */
    private static String literal(Path path) {
        return path.toString().replace("${", "\\${");
    }

    /** Stops all members. */
    @Override
    public void close() {
        try {
            members.values().forEach(RaftMember::stop);
        } finally {
            network.close();
            if (empty != null) {
                empty.close();
            }
        }
    }
}
