package io.raftboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What may be said again and again goes through something that keeps count: a {@code QuietLogger}, {@code Conditions} or the
 * transport's {@code NoticeLog}. A plain logger says what comes once, or is bounded otherwise; where it says anything from INFO
 * up, the class stands here with the number of such lines.
 */
class LoggersTests {
    private static final Pattern PLAIN = Pattern.compile("(\\w+)\\s*=\\s*LoggerFactory\\.getLogger\\(");

    private static final Map<String, Integer> ONCE_IN_THE_LIFE_OF_A_MEMBER = Map.ofEntries(
            Map.entry("LogRecovery", 1),
            Map.entry("Acceptor", 2),
            Map.entry("ListenAddress", 1),
            Map.entry("Endpoint", 3),
            Map.entry("ErrorGuard", 1),
            Map.entry("ThreadGuard", 1),
            Map.entry("LeaseConditions", 2),
            Map.entry("ReplicaRun", 4),
            Map.entry("Ending", 1),
            Map.entry("WaitingThreads", 1),
            Map.entry("RaftWebFluxAutoConfiguration", 1),
            Map.entry("RunningMember", 2),
            Map.entry("PeerConnections", 1),
            Map.entry("MemberOpening", 3),
            Map.entry("OpeningChecks", 1),
            Map.entry("MemberAnnouncement", 1),
            Map.entry("RaftFailureListener", 1),
            Map.entry("RaftLeadershipLifecycle", 3),
            Map.entry("RaftNodeLifecycle", 2),
            Map.entry("AccessChoice", 2));

    private static final Map<String, Integer> ONCE_FOR_EACH_OF_A_FEW_THINGS_AT_THE_START = Map.of(
            "SnapshotStore", 2,
            "SkipAgreement", 1,
            "EntrySkips", 1,
            "TransactionManagers", 2,
            "MachineDatabase", 1,
            "JdbcStateMachines", 2,
            "PropertyNameCheck", 2,
            "StateMachineBeans", 1,
            // The columns of a database whose numbers are not those of the last command.
            "Identities", 2);

    private static final Map<String, Integer> BOUNDED_OTHERWISE = Map.ofEntries(
            // Starts of a member that failed, each twice as long after the one before, up to a minute.
            Map.entry("ReplicaLife", 2),
            Map.entry("LifeNews", 6),
            // The entries that raft.apply.skip names.
            Map.entry("EntryApplier", 1),
            // A snapshot that a member installs.
            Map.entry("SnapshotSections", 1),
            // A change of the certificates, that is in force or not.
            Map.entry("TransportSecurity", 2),
            // And the end of what it leads to.
            Map.entry("Recycling", 1),
            // A second snapshot within ten minutes, once; and what can't happen.
            Map.entry("SnapshotTransfers", 2),
            // A file that can't be closed, of a snapshot that was sent.
            Map.entry("OutgoingSnapshot", 1),
            // A tenth of the limit lies between the two.
            Map.entry("SessionWatch", 2),
            // Changes of the members, which are looked at every ten seconds.
            Map.entry("DriftWatch", 3),
            // Steps of a change of the members, one line when it is taken and one when it waits; and its end.
            Map.entry("ChangeDriver", 4));

    private static final Map<String, Integer> FOR_TESTS = Map.of("MemoryNetwork", 1, "Alikeness", 1);

    @Test
    void whatMayRepeatIsNotSaidByAPlainLogger() throws IOException {
        var expected = new TreeMap<String, Integer>(ONCE_IN_THE_LIFE_OF_A_MEMBER);
        expected.putAll(ONCE_FOR_EACH_OF_A_FEW_THINGS_AT_THE_START);
        expected.putAll(BOUNDED_OTHERWISE);
        expected.putAll(FOR_TESTS);
        assertThat(linesOfPlainLoggers()).isEqualTo(expected);
    }

    private static Map<String, Integer> linesOfPlainLoggers() throws IOException {
        var found = new TreeMap<String, Integer>();
        for (String module : new String[] {"raft-core", "raft-spring-boot-autoconfigure", "raft-spring-boot-test"}) {
            try (var files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    int count = lines(Files.readString(file));
                    if (count > 0) {
                        found.put(file.getFileName().toString().replace(".java", ""), count);
                    }
                }
            }
        }
        return found;
    }

    private static int lines(String source) {
        int count = 0;
        var plain = PLAIN.matcher(source);
        while (plain.find()) {
            var line = Pattern.compile("\\b" + plain.group(1)
                            + "\\s*\\.\\s*(info|warn|error|atInfo|atWarn|atError|atLevel|makeLoggingEventBuilder)\\("
                            // What is an event as well, which whoever keeps the events says by this logger.
                            + "|\\.(info|warn|error)\\(\\s*" + plain.group(1) + "\\s*,")
                    .matcher(source);
            count += (int) line.results().count();
        }
        return count;
    }
}
