package io.raftboot.replica.change;

/** How many voters a group is to have, as those have it who change its members. Dead ones that were removed are wanted still. */
final class WantedVoters {
    /** As many as before. */
    static final int AS_BEFORE = 0;

    private WantedVoters() {}

    /**
     * As a change of single members has it: who comes takes a place that is free, if there is one, and who goes is not wanted any more.
     *
     * @param before voters that there are
     * @param after voters that there are to be
     * @param wanted voters that were wanted, {@link #AS_BEFORE} if nobody has said
     */
    static int behind(int before, int after, int wanted) {
        return after == before
                ? AS_BEFORE
                : after > before ? Math.max(after, wanted) : Math.max(before, wanted) + after - before;
    }
}
