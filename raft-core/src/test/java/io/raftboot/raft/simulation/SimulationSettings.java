package io.raftboot.raft.simulation;

import io.raftboot.raft.RaftConfig;
import java.util.random.RandomGenerator;

/**
 * What is the same for a whole run. Each seed draws its own: runs in which one kind of fault dominates, or is absent,
 * find other defects than runs in which everything happens.
 *
 * @param nodeCount nodes that exist; not all of them need to be members
 * @param memberCount nodes that are members at the beginning
 * @param learnerCount those of them that begin as learners
 * @param asyncStorageWrites how all nodes store
 * @param durableStateMachine whether what was applied survives a crash
 * @param lossPercent messages that get lost
 * @param duplicatePercent messages that arrive twice
 * @param reorderPercent messages that overtake others
 * @param crashPermille steps that are a crash
 * @param partitionPermille steps that change which links work
 * @param confChangePermille steps that propose a change of the configuration
 * @param snapshotPermille steps that make a snapshot and drop entries
 * @param campaignPermille steps that make a node campaign without having waited
 * @param tickPercent steps that are a tick of one node
 * @param config what all nodes are made with, but for what each has of its own
 */
record SimulationSettings(
        int nodeCount,
        int memberCount,
        int learnerCount,
        boolean asyncStorageWrites,
        boolean durableStateMachine,
        int lossPercent,
        int duplicatePercent,
        int reorderPercent,
        int crashPermille,
        int partitionPermille,
        int confChangePermille,
        int snapshotPermille,
        int campaignPermille,
        int tickPercent,
        RaftConfig config) {

    private static final int MAX_NODES = 7;

    static SimulationSettings draw(RandomGenerator random) {
        int nodes = 1 + random.nextInt(MAX_NODES);
        int members = 1 + random.nextInt(nodes);
        boolean async = random.nextInt(4) > 0;
        return new SimulationSettings(
                nodes,
                members,
                members > 1 && random.nextInt(3) == 0 ? 1 : 0,
                async,
                random.nextBoolean(),
                sometimes(random, 25),
                sometimes(random, 15),
                sometimes(random, 50),
                sometimes(random, 6),
                sometimes(random, 8),
                sometimes(random, 20),
                sometimes(random, 40),
                random.nextInt(3) == 0 ? 1 + random.nextInt(12) : 0,
                2 + random.nextInt(8),
                drawConfig(random, async));
    }

    private static int sometimes(RandomGenerator random, int max) {
        return random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(max);
    }

    private static RaftConfig drawConfig(RandomGenerator random, boolean async) {
        long messageBytes =
                switch (random.nextInt(3)) {
                    case 0 -> 0;
                    case 1 -> 20 + random.nextInt(100);
                    default -> RaftConfig.NO_LIMIT;
                };
        boolean inflightBytesLimited = messageBytes != RaftConfig.NO_LIMIT && random.nextBoolean();
        return RaftConfig.builder()
                .electionTicks(5 + random.nextInt(6))
                .heartbeatTicks(1 + random.nextInt(2))
                .asyncStorageWrites(async)
                .maxSizePerMessageBytes(messageBytes)
                .maxCommittedSizePerReadyBytes(random.nextInt(3) == 0 ? 0 : 30 + random.nextInt(300))
                .maxUncommittedEntriesSizeBytes(random.nextInt(3) > 0 ? 0 : 20 + random.nextInt(200))
                .maxInflightMessages(1 + random.nextInt(8))
                .maxInflightBytes(inflightBytesLimited ? messageBytes + 1 + random.nextInt(100) : 0)
                .checkQuorum(random.nextBoolean())
                .preVote(random.nextBoolean())
                .disableProposalForwarding(random.nextBoolean())
                .stepDownOnRemoval(random.nextBoolean())
                .build();
    }
}
