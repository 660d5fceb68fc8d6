package io.raftboot.benchmarks.load;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One member of a cluster, in this process, as the load sees it. Called from any thread. */
public interface Member extends AutoCloseable {
    /** Whether it leads, and takes writes. */
    boolean leads() throws Exception;

    /**
     * Writes that begin at this member. One is acknowledged when a majority has forced it and it is applied: where this member
     * leads, here. Where it does not, a system that forwards does so, and one that does not refuses.
     */
    PutTarget puts();

    /** Linearizable reads of a put's key that begin at this member, or null if the system has none. */
    default @Nullable PutTarget reads() {
        return null;
    }

    @Override
    void close() throws IOException;
}
