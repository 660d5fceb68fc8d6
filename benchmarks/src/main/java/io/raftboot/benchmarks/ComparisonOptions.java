package io.raftboot.benchmarks;

import io.raftboot.benchmarks.load.Load;
import io.raftboot.benchmarks.results.ResultsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which systems are measured, in clusters of what size, under what load. */
final class ComparisonOptions {
    private static final int MAX_VALUE_SIZE_BYTES = 512 * 1024;

    /** What --meters may say. */
    enum Meters {
        OFF,
        ON,
        BOTH
    }

    @Option(
            names = "--peer",
            split = ",",
            paramLabel = "SYSTEM",
            description = "Other systems to measure in turn with ours: ${COMPLETION-CANDIDATES}.")
    private List<Peer> peers = new ArrayList<>();

    @Option(names = "--peer-only", description = "Leave ours out.")
    private boolean peerOnly;

    @Option(
            names = "--peers-dir",
            paramLabel = "DIR",
            description = "Where the peers' jars are (where the build puts them, beside this one).")
    private @Nullable Path peersDirectory;

    @Option(
            names = "--meters",
            defaultValue = "OFF",
            paramLabel = "WHEN",
            description =
                    "Whether our members are measured as the actuator's registry has it, or in turn with and without"
                            + " (${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE}).")
    private Meters meters = Meters.OFF;

    @Option(names = "--etcd", defaultValue = "etcd", description = "Its program (${DEFAULT-VALUE}).")
    private String etcd = "";

    @Option(
            names = "--etcd-connections",
            defaultValue = "1",
            paramLabel = "N",
            description = "Connections that the load on etcd is spread over (${DEFAULT-VALUE}).")
    private int etcdConnections;

    @Option(
            names = "--members",
            split = ",",
            defaultValue = "3",
            paramLabel = "N",
            description = "Members of a cluster, one cluster each (${DEFAULT-VALUE}).")
    private List<Integer> members = new ArrayList<>();

    @Option(
            names = "--value-size",
            split = ",",
            defaultValue = "256",
            paramLabel = "BYTES",
            description = "Sizes of a value, one cluster each (${DEFAULT-VALUE}).")
    private List<Integer> valueSizesBytes = new ArrayList<>();

    @Option(
            names = "--keys",
            defaultValue = "10000",
            paramLabel = "N",
            description = "Number of keys, picked at random (${DEFAULT-VALUE}).")
    private int keys;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "Of keys and values (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--rounds", defaultValue = "1", paramLabel = "N", description = "How often (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--dir",
            description = "Where the clusters' directories are made, and deleted again (the temporary directory).")
    private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--results",
            paramLabel = "FILE",
            description =
                    "Where each figure is added when it is measured. What is in it already is not measured again.")
    private @Nullable Path results;

    @Option(
            names = "--java-options",
            split = " ",
            defaultValue = "-Xms512m -Xmx512m",
            description = "For the members, and for the process that puts the load on etcd (${DEFAULT-VALUE}).")
    private List<String> javaOptions = new ArrayList<>();

    /**
     * The systems, ours first.
     *
     * @throws IllegalArgumentException if one of them is not there
     */
    List<Contender> contenders() {
        List<Contender> contenders = new ArrayList<>();
        if (!peerOnly) {
            if (meters != Meters.ON) {
                contenders.add(JvmContender.raft(false));
            }
            if (meters != Meters.OFF) {
                contenders.add(JvmContender.raft(true));
            }
        }
        for (var peer : peers) {
            contenders.add(peer == Peer.ETCD ? new EtcdContender(etcd, etcdConnections) : peer.jvm(peersDirectory));
        }
        return contenders;
    }

    /**
     * One of each size of a value.
     *
     * @throws IllegalArgumentException if there can be none such
     */
    List<Load> loads() {
        for (int size : valueSizesBytes) {
            require(
                    size >= 1 && size <= MAX_VALUE_SIZE_BYTES,
                    "--value-size must be from 1 to " + MAX_VALUE_SIZE_BYTES + " bytes, not " + size);
        }
        require(keys >= 1, "--keys must be at least 1, not " + keys);
        return valueSizesBytes.stream().map(size -> new Load(size, keys, seed)).toList();
    }

    /** @throws IllegalArgumentException if there can be no such cluster */
    List<Integer> members() {
        members.forEach(count -> require(count >= 1, "--members must be at least 1, not " + count));
        return List.copyOf(members);
    }

    /** @throws IllegalArgumentException if there is none */
    int rounds() {
        require(rounds >= 1, "--rounds must be at least 1, not " + rounds);
        return rounds;
    }

    Path directory() {
        return directory;
    }

    List<String> javaOptions() {
        return List.copyOf(javaOptions);
    }

    ResultsFile results() throws IOException {
        return ResultsFile.open(results);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
