package io.raftboot.raft.simulation;

/** How often what a run is made for has really happened. */
final class SimulationStatistics {
    private long elections;
    private long commits;
    private long confChanges;
    private long snapshots;
    private long snapshotsDelivered;
    private long reads;
    private long refusals;
    private long crashes;
    private long partitions;
    private long transfers;
    private long lost;
    private long duplicated;
    private long reordered;
    private long longestRecoveryRounds;
    private long blocked;

    void elected() {
        elections++;
    }

    void committed() {
        commits++;
    }

    void confChangeApplied() {
        confChanges++;
    }

    void snapshotInstalled() {
        snapshots++;
    }

    void snapshotDelivered() {
        snapshotsDelivered++;
    }

    void readAnswered() {
        reads++;
    }

    void refused() {
        refusals++;
    }

    void crashed() {
        crashes++;
    }

    void partitioned() {
        partitions++;
    }

    void transferred() {
        transfers++;
    }

    void recovered(long rounds) {
        longestRecoveryRounds = Math.max(longestRecoveryRounds, rounds);
    }

    void blocked() {
        blocked++;
    }

    void network(SimulatedNetwork network) {
        lost += network.lost();
        duplicated += network.duplicated();
        reordered += network.reordered();
    }

    void add(SimulationStatistics other) {
        elections += other.elections;
        commits += other.commits;
        confChanges += other.confChanges;
        snapshots += other.snapshots;
        snapshotsDelivered += other.snapshotsDelivered;
        reads += other.reads;
        refusals += other.refusals;
        crashes += other.crashes;
        partitions += other.partitions;
        transfers += other.transfers;
        lost += other.lost;
        duplicated += other.duplicated;
        reordered += other.reordered;
        blocked += other.blocked;
        recovered(other.longestRecoveryRounds);
    }

    /** Whether everything has happened at least once. */
    boolean isComplete() {
        return Math.min(Math.min(elections, commits), Math.min(confChanges, snapshots)) > 0
                && Math.min(Math.min(reads, crashes), Math.min(partitions, transfers)) > 0
                && Math.min(Math.min(lost, duplicated), reordered) > 0;
    }

    @Override
    public String toString() {
        return ("elections=%d commits=%d confChangesApplied=%d snapshotsInstalled=%d of %d delivered reads=%d refusals=%d"
                        + " crashes=%d partitions=%d transfers=%d lost=%d duplicated=%d reordered=%d longestRecoveryRounds=%d blockedByFormerVoter=%d")
                .formatted(
                        elections,
                        commits,
                        confChanges,
                        snapshots,
                        snapshotsDelivered,
                        reads,
                        refusals,
                        crashes,
                        partitions,
                        transfers,
                        lost,
                        duplicated,
                        reordered,
                        longestRecoveryRounds,
                        blocked);
    }
}
