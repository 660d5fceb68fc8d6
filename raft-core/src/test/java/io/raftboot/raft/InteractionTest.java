package io.raftboot.raft;

import io.raftboot.raft.testing.Transcripts;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Scenarios of whole groups, compared word by word with what is written in their files: the project's own, and the
 * recordings of etcd's library where they are at hand.
 */
class InteractionTest {
    @TestFactory
    Stream<DynamicTest> scenarios() {
        return Transcripts.tests(
                "raft.scenarios",
                List.of("../shared/etcd-raft/interaction", "../shared/etcd-raft/random"),
                "scenarios",
                ScenarioCommands::new);
    }
}
