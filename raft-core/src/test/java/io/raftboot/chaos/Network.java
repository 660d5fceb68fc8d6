package io.raftboot.chaos;

import io.raftboot.faults.Shell;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Places with network namespaces of their own, all linked to a bridge in one more. Nothing of it is in the namespace of this
 * process. Names begin with {@code rchaos}, the id of this process, and a number; what a process that is gone has left is removed
 * first.
 */
final class Network implements AutoCloseable {
    private static final String PREFIX = "rchaos";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d+)-.*");
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String prefix;
    private final Addresses addresses;
    private final int places;

    /**
     * Makes all of it.
     *
     * @param places how many, numbered from 1
     */
    Network(Addresses addresses, int places) {
        this.addresses = addresses;
        this.places = places;
        removeWhatOthersLeft();
        prefix = newPrefix();
        try {
            make();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    static String newPrefix() {
        return PREFIX + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet() + "-";
    }

    private void make() {
        Shell.run("ip", "netns", "add", middle());
        Shell.run("ip", "-n", middle(), "link", "set", "lo", "up");
        Shell.run("ip", "-n", middle(), "link", "add", "bridge", "type", "bridge");
        Shell.run("ip", "-n", middle(), "address", "add", addresses.middle() + "/24", "dev", "bridge");
        Shell.run("ip", "-n", middle(), "link", "set", "bridge", "up");
        for (int place = 1; place <= places; place++) {
            String name = name(place);
            String link = "to" + place;
            Shell.run("ip", "netns", "add", name);
            Shell.run("ip", "-n", name, "link", "set", "lo", "up");
            Shell.run("ip", "-n", middle(), "link", "add", link, "type", "veth", "peer", "name", "out", "netns", name);
            Shell.run("ip", "-n", middle(), "link", "set", link, "master", "bridge", "up");
            Shell.run("ip", "-n", name, "address", "add", addresses.placeAddress(place) + "/24", "dev", "out");
            Shell.run("ip", "-n", name, "link", "set", "out", "up");
            if (addresses.proxied()) {
                Shell.run("ip", "-n", middle(), "address", "add", addresses.faceOf(place) + "/24", "dev", "bridge");
            }
            nft(place, "add", "table", "inet", "chaos");
            nft(
                    place,
                    "add",
                    "chain",
                    "inet",
                    "chaos",
                    "in",
                    "{ type filter hook input priority 0 ; policy accept ; }");
        }
    }

    /** Runs a command in a place; 0 for the middle. */
    List<String> within(int place) {
        return List.of("ip", "netns", "exec", place == 0 ? middle() : name(place));
    }

    /** What one place sends does not reach the other any more. */
    void cut(int from, int to) {
        nft(to, "add", "rule", "inet", "chaos", "in", "ip", "saddr", addresses.faceOf(from), "counter", "drop");
    }

    /** Of what comes to a place so many of a hundred packets are lost. */
    void lose(int to, int percent) {
        nft(
                to,
                "add",
                "rule",
                "inet",
                "chaos",
                "in",
                "ip",
                "saddr",
                "!=",
                "127.0.0.0/8",
                "numgen",
                "random",
                "mod",
                "100",
                "<",
                String.valueOf(percent),
                "counter",
                "drop");
    }

    /** Ends all faults of the network; returns how many packets they have dropped since the last time. */
    long heal() {
        long dropped = 0;
        for (int place = 1; place <= places; place++) {
            var packets = PACKETS.matcher(nft(place, "list", "chain", "inet", "chaos", "in"));
            while (packets.find()) {
                dropped += Long.parseLong(packets.group(1));
            }
            nft(place, "flush", "chain", "inet", "chaos", "in");
        }
        return dropped;
    }

    /** Ends the processes in it too. */
    @Override
    public void close() {
        names().filter(name -> name.startsWith(prefix)).forEach(Network::remove);
    }

    /** Namespaces of this network that are there. */
    List<String> left() {
        return names().filter(name -> name.startsWith(prefix)).toList();
    }

    private static void removeWhatOthersLeft() {
        names().filter(name -> {
                    var parts = NAME.matcher(name);
                    return parts.matches()
                            && ProcessHandle.of(Long.parseLong(parts.group(1))).isEmpty();
                })
                .forEach(Network::remove);
    }

    private static void remove(String name) {
        for (String pid : Shell.run("ip", "netns", "pids", name).split("\\s+", -1)) {
            if (!pid.isBlank()) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(process -> {
                    process.destroyForcibly();
                    process.onExit().join();
                });
            }
        }
        Shell.run("ip", "netns", "delete", name);
    }

    private static Stream<String> names() {
        return Shell.run("ip", "netns", "list").lines().map(line -> line.split(" ", -1)[0]);
    }

    private String nft(int place, String... words) {
        var command = new ArrayList<Object>(within(place));
        command.add("nft");
        command.addAll(List.of(words));
        return Shell.run(command.toArray());
    }

    private String name(int place) {
        return prefix + place;
    }

    private String middle() {
        return prefix + "m";
    }
}
