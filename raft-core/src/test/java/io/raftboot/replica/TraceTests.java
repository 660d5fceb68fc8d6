package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.TraceEvent;
import io.raftboot.raft.TraceEvent.Kind;
import io.raftboot.raft.proto.MessageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What cores of simulated members tell, written down for etcd's model of the protocol; see docs/testing.md. */
@ExtendWith(SilentMembers.class)
class TraceTests {
    /** {@code -Draft.simulation.traces=DIRECTORY} writes a file for each seed there. */
    static final String DIRECTORY = "raft.simulation.traces";

    private static final String FIRST_SEEDS = "1-10";

    private static Path write(Path directory, long seed, List<TraceEvent> events) throws IOException {
        return Files.write(directory.resolve("seed-" + seed + ".ndjson"), TraceLines.of(events));
    }

    @Test
    @Tag("simulation")
    @EnabledIfSystemProperty(named = DIRECTORY, matches = ".+")
    void seedsThatAreAskedForAreTraced() throws IOException {
        var directory = Files.createDirectories(Path.of(System.getProperty(DIRECTORY)));
        var seeds = SeedRange.parse(System.getProperty("raft.simulation.seeds", FIRST_SEEDS));
        long lines = 0;
        for (long seed = seeds.from(); seed <= seeds.to(); seed++) {
            var file = write(directory, seed, new TraceRun(seed).run());
            var written = Files.readAllLines(file);
            assertThat(TraceLines.faultsOf(written)).as("%s", file).isEmpty();
            lines += written.size();
        }
        System.out.println(
                (seeds.to() - seeds.from() + 1) + " traces, " + lines + " lines, in " + directory.toAbsolutePath());
    }

    @Test
    void tracesAreWhatTheModelReads(@TempDir Path directory) throws IOException {
        var all = new ArrayList<TraceEvent>();
        for (long seed = 1; seed <= 8; seed++) {
            var events = new TraceRun(seed).run();
            all.addAll(events);
            assertThat(TraceLines.faultsOf(Files.readAllLines(write(directory, seed, events))))
                    .isEmpty();
        }

        assertThat(TraceLines.kinds(all))
                .as("all that etcd's core tells")
                .isEqualTo(EnumSet.complementOf(EnumSet.of(Kind.SEND_SNAPSHOT, Kind.RECEIVE_SNAPSHOT)));
        assertThat(all)
                .anyMatch(event ->
                        event.kind() == Kind.COMMIT && event.hardState().getCommit() > 0);
        assertThat(all)
                .anyMatch(event -> event.kind() == Kind.RECEIVE_APPEND_ENTRIES_REQUEST
                        && event.message() != null
                        && event.message().getType() == MessageType.MSG_SNAP);
    }

    @Test
    void sameSeedLeadsToTheSameTrace() {
        assertThat(TraceLines.of(new TraceRun(3).run())).isEqualTo(TraceLines.of(new TraceRun(3).run()));
    }

    @Test
    void lineThatTheModelCanNotFollowIsFound() {
        var lines = TraceLines.of(new TraceRun(1).run());

        assertThat(faultsWith(lines, "\"log\":", "\"length\":"))
                .anyMatch(fault -> fault.startsWith("has not the fields"));
        assertThat(faultsWith(lines, "StateFollower", "StatePreCandidate"))
                .anyMatch(fault -> fault.startsWith("has not the fields"));
        assertThat(faultsWith(lines, "\"name\":\"BecomeLeader\"", "\"name\":\"BecomeKing\""))
                .anyMatch(fault -> fault.startsWith("has a name"));
        assertThat(faultsWith(lines, "\"name\":\"Ready\"", "\"name\":\"BecomeFollower\""))
                .anyMatch(fault -> fault.startsWith("was not sent so often"));
        var twice = new ArrayList<>(lines);
        twice.addAll(lines);
        assertThat(TraceLines.faultsOf(twice)).anyMatch(fault -> fault.startsWith("is not behind"));
    }

    private static List<String> faultsWith(List<String> lines, String right, String wrong) {
        return TraceLines.faultsOf(
                lines.stream().map(line -> line.replace(right, wrong)).toList());
    }
}
