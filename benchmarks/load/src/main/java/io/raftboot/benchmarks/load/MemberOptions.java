package io.raftboot.benchmarks.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a member is told by whoever starts it. */
public final class MemberOptions {
    public static final String ID = "--id";
    public static final String PEERS = "--peers";
    public static final String DATA_DIR = "--data-dir";
    public static final String SCRATCH_DIR = "--scratch-dir";
    public static final String SNAPSHOT_ENTRIES = "--snapshot-entries";

    @Option(names = ID, required = true)
    private int id;

    @Option(names = PEERS, required = true, split = ",")
    private List<String> peers = new ArrayList<>();

    @Option(names = DATA_DIR, required = true)
    private Path dataDir = Path.of("");

    @Option(names = SCRATCH_DIR, required = true)
    private Path scratchDir = Path.of("");

    @Option(names = SNAPSHOT_ENTRIES, required = true)
    private int snapshotEntries;

    @Mixin
    private LoadOptions load = new LoadOptions();

    /** All members, by id. */
    public List<MemberAddress> members() {
        return peers.stream().map(MemberAddress::valueOf).toList();
    }

    /** This one. */
    public MemberAddress self() {
        return members().get(id - 1);
    }

    /** Where it keeps what it forces; nobody else writes there. */
    public Path dataDir() {
        return dataDir;
    }

    /** Where it may keep what only its own run needs; in memory, where the machine has a place for files in memory. */
    public Path scratchDir() {
        return scratchDir;
    }

    /** After how many entries a snapshot is taken, where a system counts them; 0 for never. */
    public int snapshotEntries() {
        return snapshotEntries;
    }

    public Load load() {
        return load.load();
    }
}
