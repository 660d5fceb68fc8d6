package io.raftboot.autoconfigure.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.raftboot.api.MembershipView;
import org.jspecify.annotations.Nullable;

/**
 * Whether a group would go on without a member, for whoever is about to stop it.
 *
 * @param node the member
 * @param critical whether it would not, or nobody knows
 * @param reason why it is critical, or why it is not where that is not plain; null if there is nothing to say
 * @param failureTolerance how many voters may fail now; null if no leader has said it
 * @param leader null if none is known
 * @param ageMillis time since the leader said so; null if none has
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record QuorumAnswer(
        long node,
        boolean critical,
        @Nullable String reason,
        @Nullable Integer failureTolerance,
        @Nullable Long leader,
        @Nullable Long ageMillis) {
    static QuorumAnswer of(long node, MembershipView view) {
        String reason = reason(node, view);
        var source = view.source();
        return new QuorumAnswer(
                node, reason != null, reason, source.failureTolerance(), source.leaderId(), source.ageMillis());
    }

    /** The answer for a member that is none any more: whoever waits to stop its process need not. */
    static QuorumAnswer ofRemoved(long node) {
        return new QuorumAnswer(node, false, "node " + node + " was removed from its group", null, null, null);
    }

    /** The answer for a process that joins and was in no configuration yet: nobody counts on it. */
    static QuorumAnswer ofJoiner(long node) {
        return new QuorumAnswer(node, false, "node " + node + " joins, and is no member yet", null, null, null);
    }

    private static @Nullable String reason(long node, MembershipView view) {
        Long age = view.source().ageMillis();
        if (view.source().leaderId() == null || age == null) {
            return "no leader is known that could say how the other voters are";
        }
        // What a leader said before says nothing of now: it may be the one that is gone since.
        return age > 0
                ? "no leader answers; what one said " + age + " ms ago may not be so any more"
                : view.criticalBecauseOf(node);
    }
}
