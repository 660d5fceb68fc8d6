package io.raftboot.raft.confchange;

import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.testing.TestCommand;
import io.raftboot.raft.testing.Transcripts;
import io.raftboot.raft.tracker.ProgressTracker;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Changes of the configuration held against transcripts; {@code -Draft.confchange=DIR} names others of the same format. */
class ConfChangeTests {
    private static final int MAX_INFLIGHT_MESSAGES = 10;

    @TestFactory
    Stream<DynamicTest> transcripts() {
        return Transcripts.tests(
                "raft.confchange", List.of("../shared/etcd-raft/confchange"), "confchange", Environment::new);
    }

    /** A tracker that begins without members, and a log that grows by one entry with each command. */
    private static final class Environment implements Transcripts.Handler {
        private final ProgressTracker tracker = new ProgressTracker(MAX_INFLIGHT_MESSAGES, 0);
        private long lastIndex;

        @Override
        public String handle(TestCommand command) {
            Changer changer = new Changer(tracker, lastIndex);
            lastIndex++;
            try {
                Configuration changed = change(changer, command);
                tracker.install(changed.config(), changed.progress());
                return changed.config() + "\n" + changed.progress();
            } catch (ConfChangeException e) {
                return e.getMessage() + "\n";
            }
        }

        private static Configuration change(Changer changer, TestCommand command) {
            List<ConfChangeSingle> changes = ConfChanges.parse(command.input());
            return switch (command.command()) {
                case "simple" -> changer.simple(changes);
                case "enter-joint" ->
                    changer.enterJoint(
                            command.flag("autoleave", false) ? JointExit.AUTOMATIC : JointExit.EXPLICIT, changes);
                case "leave-joint" -> changer.leaveJoint();
                default -> throw new IllegalArgumentException("unknown command: " + command.command());
            };
        }
    }
}
