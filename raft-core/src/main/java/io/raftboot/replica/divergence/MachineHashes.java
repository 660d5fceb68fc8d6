package io.raftboot.replica.divergence;

import io.raftboot.api.Divergence.What;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of one state machine as of an index, each {@link Hash64#NONE} where there is none.
 *
 * @param state as the machine writes it
 * @param sessions of the results that are kept for it
 * @param results of all its commands since the point before
 */
public record MachineHashes(long state, long sessions, long results) {
    long of(What what) {
        return switch (what) {
            case STATE -> state;
            case RESULT -> results;
            case SESSIONS -> sessions;
        };
    }

    /** What both have, and what is not the same; null if there is nothing. Results first: they name the command. */
    @Nullable
    What difference(MachineHashes other) {
        if (differs(results, other.results)) {
            return What.RESULT;
        }
        if (differs(state, other.state)) {
            return What.STATE;
        }
        return differs(sessions, other.sessions) ? What.SESSIONS : null;
    }

    private static boolean differs(long one, long other) {
        return one != Hash64.NONE && other != Hash64.NONE && one != other;
    }

    /** Whether they are known to be the same: where the state is, results that one of them does not know matter no more. */
    boolean isAlike(MachineHashes other) {
        return state == other.state
                && sessions == other.sessions
                && (results == other.results || (state != Hash64.NONE && difference(other) == null));
    }
}
