package io.raftboot.autoconfigure.admin;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call that there is.
 *
 * @param path below {@code /raft/admin}; {@code {id}} stands for a whole number
 * @param parameters of the query that it knows
 * @param example of its body; empty if it has none
 */
record Route(String method, String path, Set<String> parameters, String example, Work work) {
    static final String DRY_RUN = "dryRun";
    static final String VERSION = "version";

    private static final String ID = "{id}";

    /** What is done. */
    interface Work {
        /**
         * Answers, or begins to.
         *
         * @return completes on a thread that must not be held up
         * @throws BadRequestException if nothing was begun, as the request is none
         */
        CompletableFuture<AdminAnswer> answer(AdminCall call);
    }

    boolean takesBody() {
        return !example.isEmpty();
    }

    /** Whether a path is this one's, with anything in the place of the id. */
    boolean matches(String requested) {
        List<String> own = List.of(path.split("/", -1));
        List<String> other = List.of(requested.split("/", -1));
        if (own.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < own.size(); i++) {
            if (!own.get(i).equals(ID) && !own.get(i).equals(other.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** What stands in the place of the id; null if this has none. */
    @Nullable
    String id(String requested) {
        int at = List.of(path.split("/", -1)).indexOf(ID);
        return at < 0 ? null : requested.split("/", -1)[at];
    }
}
