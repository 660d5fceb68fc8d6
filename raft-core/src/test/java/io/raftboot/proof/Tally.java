package io.raftboot.proof;

/** Counts what {@link Sometimes} names. Who sees what is split by subject; this hands on. */
final class Tally extends Fanout {
    private final Sometimes.Counts counts;

    Tally() {
        this(new Sometimes.Counts());
    }

    private Tally(Sometimes.Counts counts) {
        super(
                new ElectionTally(counts),
                new LogTally(counts),
                new MemberTally(counts),
                new SnapshotTally(counts),
                new CallTally(counts));
        this.counts = counts;
    }

    Sometimes.Counts counts() {
        return counts;
    }

    @Override
    public void happened(long member, Sometimes what) {
        counts.count(what);
    }
}
