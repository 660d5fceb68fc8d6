package io.raftboot.benchmarks;

import io.raftboot.benchmarks.Contender.Ability;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Another system, as --peer names it. */
enum Peer {
    /** A program of its own, and the only one that this machine has to have: see {@link EtcdContender}. */
    ETCD(2),
    JGROUPS(1),
    SOFAJRAFT(1),
    RATIS(1),
    AERON(6);

    private final int portsPerMember;

    Peer(int portsPerMember) {
        this.portsPerMember = portsPerMember;
    }

    int portsPerMember() {
        return portsPerMember;
    }

    private Set<Ability> abilities() {
        return switch (this) {
            case ETCD -> Set.of();
            case JGROUPS -> Set.of(Ability.LOAD_INSIDE, Ability.FORWARD, Ability.READ);
            case SOFAJRAFT, RATIS -> Set.of(Ability.LOAD_INSIDE, Ability.READ);
            // Its clients talk to the leader wherever they are, so that no write begins at a follower.
            case AERON -> Set.of(Ability.LOAD_INSIDE);
        };
    }

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The members that its jar starts.
     *
     * @param directory where the jars are, or null for where the build puts them, beside this one
     * @throws IllegalArgumentException if its jar is not there, with what to build
     */
    JvmContender jvm(@Nullable Path directory) {
        var built = Path.of(title(), "target", jarName());
        var places = directory == null
                ? List.of(builtPeers().resolve(built))
                : List.of(directory.resolve(jarName()), directory.resolve(built));
        var jar = places.stream().filter(Files::isRegularFile).findFirst();
        if (jar.isEmpty()) {
            throw new IllegalArgumentException("no member of " + title() + ": there is no "
                    + String.join(
                            ", and no ", places.stream().map(Path::toString).toList())
                    + ". Build it with: mvn -Pbenchmarks -pl benchmarks/peers/" + title() + " -am -DskipTests package"
                    + " (or say with --peers-dir where " + jarName() + " is)");
        }
        return new JvmContender(title(), List.of("-jar", jar.get().toString()), portsPerMember, abilities());
    }

    private String jarName() {
        return "peer-" + title() + ".jar";
    }

    /** From the jar in benchmarks/target, or from the classes in it. */
    private static Path builtPeers() {
        try {
            var own = Path.of(Peer.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return own.toAbsolutePath().resolveSibling("../peers").normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("this program is at no place that has peers beside it", e);
        }
    }
}
