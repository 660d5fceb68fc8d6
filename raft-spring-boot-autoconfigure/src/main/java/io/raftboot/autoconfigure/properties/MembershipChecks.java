package io.raftboot.autoconfigure.properties;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.replica.config.MembershipPolicy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether what is said about changes of the members can be used. Each check throws an {@link InvalidRaftPropertyException} that says
 * what to write instead.
 */
public final class MembershipChecks {
    private static final String REMOVAL = "raft.membership.remove-dead-after";
    private static final String MOST = "raft.membership.max-voters";
    private static final String FEWEST = "raft.membership.min-voters";

    /** What Spring Security puts before the name of a role. */
    private static final String ROLE_PREFIX = "ROLE_";

    private MembershipChecks() {}

    /** A member is not taken for dead because of a restart, and not so many are removed that none is left. */
    public static void removal(@Nullable Duration after, @Nullable Integer fewest) {
        if (after != null) {
            DurationChecks.positive(REMOVAL, after, "24h");
            if (after.compareTo(MembershipPolicy.SHORTEST_DEATH) < 0) {
                throw invalid(
                        REMOVAL,
                        "is " + ValueText.of(after) + ", shorter than "
                                + ValueText.of(MembershipPolicy.SHORTEST_DEATH)
                                + ": a machine that is being replaced would cost a member its place",
                        "Write " + ValueText.of(MembershipPolicy.SHORTEST_DEATH)
                                + " or longer, for example 24h, or leave it out to remove nobody.");
            }
        }
        if (fewest != null && (fewest < 1 || fewest > MembershipPolicy.MAX_VOTERS)) {
            throw invalid(
                    FEWEST,
                    "is " + fewest,
                    "Write the fewest voters that are to stay, from 1 to " + MembershipPolicy.MAX_VOTERS
                            + ", for example 3, or leave it out for a majority of as many as were wanted last.");
        }
    }

    /** At least one may come. */
    public static void most(int most) {
        if (most < 1 || most > MembershipPolicy.MAX_VOTERS) {
            throw invalid(
                    MOST,
                    "is " + most,
                    "Write the most voters that processes may join to be, from 1 to " + MembershipPolicy.MAX_VOTERS
                            + ", for example 5, or leave it out for 7.");
        }
    }

    /** A role is written without what stands before it in an authority. */
    public static void role(String role) {
        String property = "raft.admin.role";
        PropertyChecks.name(property, role, "the role that callers must have, for example RAFT_ADMIN");
        if (role.startsWith(ROLE_PREFIX)) {
            String plain = role.substring(ROLE_PREFIX.length());
            throw invalid(
                    property,
                    "is " + ValueText.ascii(role) + ", with a prefix that is put before it anyway",
                    "Write " + property + "=" + (plain.isEmpty() ? "RAFT_ADMIN" : ValueText.ascii(plain)) + ".");
        }
    }

    private static InvalidRaftPropertyException invalid(String property, String reason, String action) {
        return new InvalidRaftPropertyException(property, reason, action, List.of());
    }
}
