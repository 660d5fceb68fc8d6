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
        assertRefused(config -> config.id(RawNode.NONE), "id: ");
        assertRefused(config -> config.id(RawNode.LOCAL_APPEND_THREAD), "id: ");
        assertRefused(config -> config.id(RawNode.LOCAL_APPLY_THREAD), "id: ");
        assertRefused(config -> config.heartbeatTicks(0), "heartbeatTicks: ");
        assertRefused(config -> config.electionTicks(3).heartbeatTicks(3), "electionTicks: ");
        assertRefused(config -> config.maxInflightMessages(0), "maxInflightMessages: ");
        assertRefused(config -> config.maxSizePerMessageBytes(2).maxInflightBytes(1), "maxInflightBytes: ");
        assertRefused(
                config -> config.maxSizePerMessageBytes(RaftConfig.NO_LIMIT).maxInflightBytes(1), "maxInflightBytes: ");
        assertRefused(config -> config.readOnlyOption(ReadOnlyOption.LEASE_BASED), "checkQuorum: ");
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
                .disableProposalForwarding(true)
                .disableConfChangeValidation(true)
                .stepDownOnRemoval(true)
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
