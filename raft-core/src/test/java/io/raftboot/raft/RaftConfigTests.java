package io.raftboot.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RaftConfigTests {
    private static RaftConfig.Builder valid() {
        return RaftConfig.builder().id(1).storage(new MemoryStorage()).random(new SplittableRandom(1));
    }

    @Test
    void everyRuleNamesItsField() {
        assertRefused(config -> config.id(NodeIds.NONE), "id: ");
        assertRefused(config -> config.id(NodeIds.LOCAL_APPEND_THREAD), "id: ");
        assertRefused(config -> config.id(NodeIds.LOCAL_APPLY_THREAD), "id: ");
        assertRefused(config -> config.heartbeatTicks(0), "heartbeatTicks: ");
        assertRefused(config -> config.electionTicks(3).heartbeatTicks(3), "electionTicks: ");
        assertRefused(config -> config.heartbeatTicks(-1), "heartbeatTicks: ");
        assertRefused(config -> config.electionTicks(Integer.MAX_VALUE), "electionTicks: ");
        assertRefused(config -> config.appliedIndex(-1), "appliedIndex: ");
        assertRefused(config -> config.maxInflightMessages(0), "maxInflightMessages: ");
        assertRefused(config -> config.maxInflightMessages(-1), "maxInflightMessages: ");
        assertRefused(config -> config.maxSizePerMessageBytes(2).maxInflightBytes(1), "maxInflightBytes: ");
        assertRefused(
                config -> config.maxSizePerMessageBytes(RaftConfig.NO_LIMIT).maxInflightBytes(1), "maxInflightBytes: ");
        assertRefused(config -> config.readOnlyOption(ReadOnlyOption.LEASE_BASED), "checkQuorum: ");
    }

    @Test
    void appliedIndexIsOneThatTheLogKnowsAsCommitted() {
        MemoryStorage storage = TestNodes.storageOf(1);

        assertRefused(config -> config.storage(storage).appliedIndex(TestNodes.SNAPSHOT_INDEX - 1), "appliedIndex: ");
        assertRefused(config -> config.storage(storage).appliedIndex(TestNodes.SNAPSHOT_INDEX + 1), "appliedIndex: ");
        RaftConfig right =
                valid().storage(storage).appliedIndex(TestNodes.SNAPSHOT_INDEX).build();
        assertThat(new RawNode(right).basicStatus().appliedIndex()).isEqualTo(TestNodes.SNAPSHOT_INDEX);
    }

    /** The limits of what is allowed; sizes are unsigned, so that -1 is the greatest of them. */
    @Test
    void valuesAtTheirLimitsAreTaken() {
        assertTaken(config -> config.id(-3));
        assertTaken(config -> config.heartbeatTicks(1).electionTicks(2));
        assertTaken(config -> config.electionTicks(Integer.MAX_VALUE / 2));
        assertTaken(config -> config.maxSizePerMessageBytes(0));
        assertTaken(config -> config.maxSizePerMessageBytes(RaftConfig.NO_LIMIT));
        assertTaken(config -> config.maxCommittedSizePerReadyBytes(RaftConfig.NO_LIMIT));
        assertTaken(config -> config.maxUncommittedEntriesSizeBytes(RaftConfig.NO_LIMIT));
        assertTaken(config -> config.maxInflightMessages(1));
        assertTaken(config -> config.maxSizePerMessageBytes(2).maxInflightBytes(2));
        assertTaken(config -> config.maxSizePerMessageBytes(RaftConfig.NO_LIMIT).maxInflightBytes(RaftConfig.NO_LIMIT));
        assertTaken(config -> config.readOnlyOption(ReadOnlyOption.LEASE_BASED).checkQuorum(true));
        assertTaken(config -> config.traceLogger(null));
    }

    /** Not every caller's compiler looks for null. */
    @Test
    @SuppressWarnings("NullAway")
    void nothingMayBeNull() {
        assertRefused(config -> config.storage(null), "storage: ");
        assertRefused(config -> config.random(null), "random: ");
        assertRefused(config -> config.readOnlyOption(null), "readOnlyOption: ");
        assertRefused(config -> config.logger(null), "logger: ");
    }

    private static void assertTaken(UnaryOperator<RaftConfig.Builder> change) {
        RaftConfig config = change.apply(valid()).build();

        assertThat(new RawNode(config).basicStatus().id()).isEqualTo(config.id());
    }

    @Test
    void storageAndRandomSourceAreRequiredInTheEnd() {
        RaftConfig withoutStorage =
                RaftConfig.builder().id(1).random(new SplittableRandom(1)).build();
        RaftConfig withoutRandom =
                RaftConfig.builder().id(1).storage(new MemoryStorage()).build();

        assertThatThrownBy(() -> new RawNode(withoutStorage)).hasMessageStartingWith("storage: ");
        assertThatThrownBy(() -> new RawNode(withoutRandom)).hasMessageStartingWith("random: ");
    }

    @Test
    void zeroSizesGetTheirMeaning() {
        RaftConfig config = valid().maxSizePerMessageBytes(7).build().validated();

        assertThat(config.maxCommittedSizePerReadyBytes()).isEqualTo(7);
        assertThat(config.maxUncommittedEntriesSizeBytes()).isEqualTo(RaftConfig.NO_LIMIT);
        assertThat(config.maxInflightBytes()).isEqualTo(RaftConfig.NO_LIMIT);
    }

    @Test
    void builderOfAConfigurationKeepsAllOfIt() {
        RaftConfig config = valid().electionTicks(7)
                .heartbeatTicks(3)
                .appliedIndex(4)
                .asyncStorageWrites(true)
                .maxSizePerMessageBytes(5)
                .maxCommittedSizePerReadyBytes(6)
                .maxUncommittedEntriesSizeBytes(8)
                .maxInflightMessages(9)
                .maxInflightBytes(10)
                .checkQuorum(true)
                .preVote(true)
                .readOnlyOption(ReadOnlyOption.LEASE_BASED)
                .traceLogger(event -> {})
                .disableProposalForwarding(true)
                .disableConfChangeValidation(true)
                .stepDownOnRemoval(true)
                .commitByVote(true)
                .build();

        assertThat(config.toBuilder().build()).isEqualTo(config);
    }

    private static void assertRefused(UnaryOperator<RaftConfig.Builder> change, String prefix) {
        RaftConfig config = change.apply(valid()).build();

        assertThatThrownBy(() -> new RawNode(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(prefix);
    }
}
