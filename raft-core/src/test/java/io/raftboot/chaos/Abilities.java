package io.raftboot.chaos;

import io.raftboot.faults.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which faults can be made on this machine. */
final class Abilities {
    private static final Logger log = LoggerFactory.getLogger(Abilities.class);

    /** Where packages of distributions put the library that is loaded before the others. */
    private static final List<Path> FAKETIME = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib64/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/faketime/libfaketimeMT.so.1"));

    private Abilities() {}

    /**
     * What stands in the way of the faults that are wanted, each with what to do about it; empty if nothing does.
     *
     * @param without what is not wanted
     */
    static List<String> missing(Set<Fault.Needs> without) {
        var missing = new ArrayList<String>();
        if (!without.contains(Fault.Needs.FAKETIME) && faketime() == null) {
            missing.add("no clock can jump, as libfaketimeMT.so.1 is not there: apt-get install faketime, or"
                    + " -Draft.chaos.without=faketime");
        }
        if (!without.contains(Fault.Needs.NAMESPACES)) {
            String obstacle = namespaces();
            if (obstacle != null) {
                missing.add("no network can be cut, as " + obstacle + "; or -Draft.chaos.without=namespaces");
            }
        }
        return missing;
    }

    static @Nullable Path faketime() {
        return FAKETIME.stream().filter(Files::exists).findFirst().orElse(null);
    }

    private static @Nullable String namespaces() {
        try {
            if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                return "that needs root";
            }
        } catch (IOException e) {
            log.debug("no /proc", e);
            return "that needs Linux";
        }
        for (String command : List.of("ip", "nft")) {
            if (!Shell.onPath(command)) {
                return "there is no " + command + ": apt-get install iproute2 nftables";
            }
        }
        String name = Network.newPrefix() + "p";
        try {
            Shell.run("ip", "netns", "add", name);
            try {
                Shell.run("ip", "netns", "exec", name, "nft", "add", "table", "inet", "probe");
                Shell.run("ip", "-n", name, "link", "add", "probe", "type", "bridge");
                return null;
            } finally {
                Shell.run("ip", "netns", "delete", name);
            }
        } catch (IllegalStateException e) {
            log.debug("no namespace can be made", e);
            return "no network namespace can be made: " + e.getMessage();
        }
    }
}
