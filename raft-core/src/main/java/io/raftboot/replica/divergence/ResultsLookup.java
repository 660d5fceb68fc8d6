package io.raftboot.replica.divergence;

import java.util.function.Consumer;

/** Where the results of single entries are known. Any thread. */
@FunctionalInterface
public interface ResultsLookup {
    /**
     * Looks entries up, on the apply stage.
     *
     * @param behindIndex the entries behind this one
     * @param lastIndex and up to this one
     * @param found called there with what is known of them; not called if the member stops before
     */
    void lookUp(long behindIndex, long lastIndex, Consumer<ResultLog.Slice> found);
}
