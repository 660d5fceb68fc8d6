package io.raftboot.raft.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.testing.TestCommand;
import io.raftboot.raft.testing.Transcripts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Majority and joint arithmetic held against transcripts; {@code -Draft.quorum=DIR} names others of the same format. */
class QuorumTests {
    private static final String NO_ANSWER = "_";

    @TestFactory
    Stream<DynamicTest> transcripts() {
        return Transcripts.tests(
                "raft.quorum", List.of("../shared/etcd-raft/quorum"), "quorum", () -> QuorumTests::handle);
    }

    private static String handle(TestCommand command) {
        IdSet first = IdSet.of(command.numbers("cfg"));
        IdSet second = command.values("cfgj").equals(List.of("zero")) ? IdSet.EMPTY : IdSet.of(command.numbers("cfgj"));
        JointConfig config = new JointConfig(new MajorityConfig(first), new MajorityConfig(second));
        return switch (command.command()) {
            case "committed" -> committed(config, command);
            case "vote" -> vote(config, command).toString();
            default -> throw new IllegalArgumentException("unknown command: " + command.command());
        };
    }

    private static String committed(JointConfig config, TestCommand command) {
        Map<Long, String> answers = answers(command, "idx");
        AckedIndexer acked = id ->
                answers.containsKey(id) ? Long.parseUnsignedLong(answers.getOrDefault(id, "0")) : AckedIndexer.UNKNOWN;
        long committed = config.committedIndex(acked);

        assertThat(swapped(config).committedIndex(acked)).isEqualTo(committed);
        if (!config.isJoint()) {
            assertThat(config.incoming().committedIndex(acked)).isEqualTo(committed);
            assertThat(doubled(config).committedIndex(acked)).isEqualTo(committed);
        }
        String shown = committed == MajorityConfig.EVERYTHING_COMMITTED ? "∞" : Long.toUnsignedString(committed);
        return config.describe(acked) + shown;
    }

    private static VoteResult vote(JointConfig config, TestCommand command) {
        Map<Long, String> answers = answers(command, "votes");
        Votes votes = id -> {
            String answer = answers.getOrDefault(id, NO_ANSWER);
            return switch (answer) {
                case "y" -> Vote.GRANTED;
                case "n" -> Vote.REJECTED;
                case NO_ANSWER -> Vote.MISSING;
                default -> throw new IllegalArgumentException("unknown vote: " + answer);
            };
        };
        VoteResult result = config.voteResult(votes);

        assertThat(swapped(config).voteResult(votes)).isEqualTo(result);
        if (!config.isJoint()) {
            assertThat(config.incoming().voteResult(votes)).isEqualTo(result);
            assertThat(doubled(config).voteResult(votes)).isEqualTo(result);
        }
        return result;
    }

    private static JointConfig swapped(JointConfig config) {
        return new JointConfig(config.outgoing(), config.incoming());
    }

    private static JointConfig doubled(JointConfig config) {
        return new JointConfig(config.incoming(), config.incoming());
    }

    /** The answers name the voters of the first configuration, then the rest of the second, as they are written. */
    private static Map<Long, String> answers(TestCommand command, String key) {
        Stream<Long> second =
                command.values("cfgj").equals(List.of("zero")) ? Stream.of() : command.numbers("cfgj").stream();
        List<Long> voters = Stream.concat(command.numbers("cfg").stream(), second)
                .distinct()
                .toList();
        List<String> written = command.values(key);
        assertThat(written).as("one answer for each of the voters %s", voters).hasSameSizeAs(voters);
        Map<Long, String> answers = new HashMap<>();
        for (int i = 0; i < voters.size(); i++) {
            if (!written.get(i).equals(NO_ANSWER)) {
                answers.put(voters.get(i), written.get(i));
            }
        }
        return answers;
    }
}
