package io.raftboot.chaos;

import io.raftboot.chaos.FaultProxy.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the members of one campaign stand on: places, the proxy between them, and clocks of their own. */
final class Ground implements AutoCloseable {
    private static final String NAMESPACE_PREFIX = "10.77.0.";

    /** As many as there are voters, and those that join. */
    private static final int MORE_PLACES = 2;

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final Settings settings;
    private final Set<Long> ended = ConcurrentHashMap.newKeySet();
    private final Set<Integer> opened = ConcurrentHashMap.newKeySet();
    private final Addresses addresses;
    private final @Nullable Certificates certificates;
    private final @Nullable Network network;
    private final @Nullable ControlledProcess proxy;

    Ground(Settings settings) {
        this.settings = settings;
        // Without namespaces the addresses are the machine's own, so those of two campaigns must differ.
        String prefix = settings.hasNamespaces()
                ? NAMESPACE_PREFIX
                : "127." + (1 + ProcessHandle.current().pid() % 250) + "." + settings.voters() + ".";
        addresses = new Addresses(prefix, settings.hasProxy());
        certificates = settings.hasTls() ? new Certificates(settings.dir().resolve("certificates")) : null;
        for (int place = 1; settings.hasFaketime() && place <= places(); place++) {
            setClock(place, 0);
        }
        network = settings.hasNamespaces() ? new Network(addresses, places()) : null;
        try {
            proxy = settings.hasProxy() ? startProxy() : null;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private ControlledProcess startProxy() {
        var command = new ArrayList<>(within(0));
        command.addAll(ControlledProcess.java(ProxyProcess.class, List.of("-Xmx64m")));
        command.add(addresses.prefix());
        var started =
                new ControlledProcess("proxy", command, Map.of(), settings.dir().resolve("proxy.log"));
        Answers.of(started.ready());
        return started;
    }

    int places() {
        return settings.voters() + MORE_PLACES;
    }

    Addresses addresses() {
        return addresses;
    }

    /** Null if members do not speak TLS. */
    @Nullable
    Certificates certificates() {
        return certificates;
    }

    Network network() {
        return Objects.requireNonNull(network, "there are no namespaces");
    }

    /** The beginning of a command that is to run in a place; 0 for where the proxy is. */
    List<String> within(int place) {
        return network == null ? List.of() : network.within(place);
    }

    /** Lets others reach a place at its port, whoever is there. */
    void open(int place, int port) {
        if (proxy != null && opened.add(place)) {
            Answers.of(proxy.ask("open " + place + " " + addresses.faceOf(place) + " " + addresses.placeAddress(place)
                    + " " + port));
        }
    }

    void set(int from, int to, Kind kind, int value) {
        Answers.of(requireProxy().ask("set " + from + " " + to + " " + kind + " " + value));
    }

    void healProxy() {
        if (proxy != null) {
            Answers.of(proxy.ask("heal"));
        }
    }

    /** How often the proxy has done what. */
    Map<Kind, Long> done() {
        var done = new EnumMap<Kind, Long>(Kind.class);
        for (String word : Answers.of(requireProxy().ask("done")).split(" ", -1)) {
            var pair = word.split("=", 2);
            done.put(Kind.valueOf(pair[0]), Long.valueOf(pair[1]));
        }
        return done;
    }

    private ControlledProcess requireProxy() {
        return Objects.requireNonNull(proxy, "there is no proxy");
    }

    /**
     * What a process needs for the clock of its place, which {@link #setClock} moves. A process that is started while it is off
     * has it so, as after the restart of a machine.
     */
    Map<String, String> clockOf(int place) {
        if (!settings.hasFaketime()) {
            return Map.of();
        }
        var environment = new TreeMap<String, String>();
        environment.put("LD_PRELOAD", String.valueOf(Abilities.faketime()));
        environment.put("FAKETIME_TIMESTAMP_FILE", clock(place).toString());
        environment.put("FAKETIME_CACHE_DURATION", "1");
        if (settings.clocks() == Settings.Clocks.WALL) {
            environment.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
            environment.put("DONT_FAKE_MONOTONIC", "1");
            // Else waits for a time of the clock that is left alone end at once, and processes do nothing but that.
            environment.put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
        }
        return environment;
    }

    /** Moves the clock of a place, so many seconds from the true time; its processes see it a second later. */
    void setClock(int place, long seconds) {
        try {
            var written = settings.dir().resolve("clock" + place + ".new");
            Files.writeString(written, (seconds < 0 ? "" : "+") + seconds + "s\n");
            Files.move(written, clock(place), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path clock(int place) {
        return settings.dir().resolve("clock" + place);
    }

    /** Removes what the library of the clock leaves of a process that was killed: a semaphore and a piece of shared memory. */
    void ended(long pid) {
        for (String name : clockFiles(pid)) {
            try {
                Files.deleteIfExists(SHARED_MEMORY.resolve(name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        ended.add(pid);
    }

    private static List<String> clockFiles(long pid) {
        return List.of("faketime_shm_" + pid, "sem.faketime_sem_" + pid);
    }

    /** What is there that should not be any more. */
    List<String> left() {
        var left = new ArrayList<String>();
        if (network != null) {
            left.addAll(network.left());
        }
        if (proxy != null && proxy.isAlive()) {
            left.add("the proxy");
        }
        ended.stream()
                .flatMap(pid -> clockFiles(pid).stream())
                .filter(name -> Files.exists(SHARED_MEMORY.resolve(name)))
                .forEach(left::add);
        return left;
    }

    @Override
    public void close() {
        if (proxy != null) {
            proxy.kill();
        }
        if (network != null) {
            network.close();
        }
    }
}
