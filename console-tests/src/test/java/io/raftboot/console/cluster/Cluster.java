package io.raftboot.console.cluster;

import static org.awaitility.Awaitility.await;

import io.raftboot.autoconfigure.SharedLogging;
import io.raftboot.transport.memory.MemoryNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.util.FileSystemUtils;

/**
 * A group of members in this process, with real servers, logs and, unless a test wants to cut them, connections. What waits does so
 * for at most {@link #PATIENCE}.
 */
public final class Cluster implements AutoCloseable {
    /** Far longer than anything here takes, on the slowest of machines. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Setup setup;
    private final Path directory;
    private final @Nullable MemoryNetwork network;
    private final Map<Long, Member> members = new LinkedHashMap<>();

    /**
     * What members are to be.
     *
     * @param secured whether Spring Security is there
     * @param breakable whether the ways between them are in memory, and can be cut
     * @param arguments of each of them, as on a command line
     */
    public record Setup(Stack stack, int size, boolean secured, boolean breakable, List<String> arguments) {
        public Setup {
            arguments = List.copyOf(arguments);
        }

        /** For those who log in. */
        public Setup behindLogin() {
            return new Setup(stack, size, true, breakable, arguments);
        }

        /** With ways between the members that can be cut. */
        public Setup withBreakableWays() {
            return new Setup(stack, size, secured, true, arguments);
        }

        /** With these arguments as well. */
        public Setup with(String... more) {
            return new Setup(
                    stack,
                    size,
                    secured,
                    breakable,
                    Stream.concat(arguments.stream(), Stream.of(more)).toList());
        }

        /** Starts them, and waits until one of them leads. */
        public Cluster start() {
            return new Cluster(this);
        }
    }

    /** So many members on a stack. */
    public static Setup of(Stack stack, int size) {
        return new Setup(stack, size, false, false, List.of());
    }

    private Cluster(Setup setup) {
        this.setup = setup;
        network = setup.breakable ? new MemoryNetwork(System.nanoTime()) : null;
        try {
            directory = Files.createTempDirectory("raft-console");
            addMembers(setup.size);
            members.values().forEach(this::start);
            leader();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void addMembers(int count) throws IOException {
        var held = new ArrayList<ServerSocket>();
        for (int more = 0; more < count; more++) {
            var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            held.add(socket);
            long id = members.size() + 1L;
            members.put(id, new Member(id, socket.getLocalPort()));
        }
        // All at once, so that no two are the same.
        for (ServerSocket socket : held) {
            socket.close();
        }
    }

    /** All members, those that do not run too. */
    public List<Member> members() {
        return List.copyOf(members.values());
    }

    /**
     * The member of that id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Member member(long id) {
        var member = members.get(id);
        if (member == null) {
            throw new IllegalArgumentException("there is no member " + id + ", only " + members.keySet());
        }
        return member;
    }

    /** The leader, once there is exactly one that says so. */
    public Member leader() {
        return await("one leader")
                .atMost(PATIENCE)
                .until(this::leaders, leading -> leading.size() == 1)
                .get(0);
    }

    private List<Member> leaders() {
        return members.values().stream().filter(Member::leads).toList();
    }

    /** Members that run and do not lead. */
    public List<Member> followers() {
        var leader = leader();
        return members.values().stream()
                .filter(member -> member != leader && member.isRunning())
                .toList();
    }

    /** Starts a member that does not run, where it was and with what it had. */
    public void start(Member member) {
        start(member, peers(members.values().stream().limit(setup.size).toList()), false);
    }

    /** One more, which nobody knows and which does not run. */
    public Member stranger() {
        try {
            addMembers(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return member(members.size());
    }

    /** Starts a {@link #stranger()}, which announces itself to the others. */
    public void join(Member stranger) {
        start(stranger, peers(List.of(member(1), stranger)), true);
    }

    private void start(Member member, String peers, boolean join) {
        var arguments = new ArrayList<String>();
        if (setup.size > 1) {
            arguments.add("--raft.node-id=" + member.id());
            arguments.add("--raft.peers=" + peers);
        }
        arguments.add("--raft.join=" + join);
        arguments.add("--raft.data-dir=" + directory.resolve("member-" + member.id()));
        arguments.add("--server.port=" + member.httpPort());
        arguments.addAll(setup.arguments);
        var application = new SpringApplication(setup.secured ? setup.stack.secured() : setup.stack.open());
        application.setWebApplicationType(setup.stack.type());
        application.setRegisterShutdownHook(false);
        application.addInitializers(context -> {
            var beans = context.getBeanFactory();
            beans.registerSingleton("raftDisk", member.disk().disk());
            if (network != null) {
                beans.registerSingleton("raftTransport", network.join(member.id()));
            }
        });
        SharedLogging.use(application);
        member.start(application, arguments.toArray(String[]::new));
    }

    private static String peers(List<Member> members) {
        return members.stream()
                .map(member -> member.id() + "@" + member.address())
                .collect(Collectors.joining(","));
    }

    /** From now on nothing comes from one to the other, nor back. */
    public void cut(Member one, Member other) {
        breakable().cutBoth(one.id(), other.id());
    }

    /** Repairs all that was cut. */
    public void heal() {
        breakable().heal();
    }

    private MemoryNetwork breakable() {
        if (network == null) {
            throw new IllegalStateException("these ways can't be cut; say so before the start");
        }
        return network;
    }

    /** Lets another member lead, and waits for it. */
    public void moveLeadership(Member target) {
        await("the leadership of " + target).atMost(PATIENCE).until(() -> {
            if (leader() == target) {
                return true;
            }
            var asked = leader().replica().transferLeadership(target.id());
            return asked.handle((outcome, failure) -> failure == null).join() && target.leads();
        });
    }

    @Override
    public void close() {
        try {
            // As killed: what would be handed over is needed no more.
            members.values().stream().filter(Member::isRunning).forEach(Member::kill);
            members.values().forEach(Member::stop);
        } finally {
            if (network != null) {
                network.close();
            }
            delete();
        }
    }

    private void delete() {
        try {
            FileSystemUtils.deleteRecursively(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
