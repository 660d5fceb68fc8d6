package io.raftboot.proof;

import java.util.HashMap;
import java.util.Map;

/** L4: what has a limit keeps it, and in the end the log has been cut behind snapshots. */
final class NothingGrows extends Invariant {
    private record Amount(long value, long limit) {}

    private final Map<Long, Amount> logs = new HashMap<>();

    NothingGrows(Violations violations) {
        super(violations);
    }

    @Override
    public void amount(long member, String what, long value, long limit) {
        if (what.equals(LOG_ENTRIES)) {
            logs.put(member, new Amount(value, limit));
        } else {
            check(value <= limit, member, "it has " + value + " " + what + ", and at most " + limit + " are allowed");
        }
    }

    @Override
    public void crashed(long member, End end) {
        logs.remove(member);
    }

    @Override
    public void ended() {
        logs.forEach((member, amount) -> check(
                amount.value <= amount.limit,
                member,
                "it has " + amount.value + " entries in its log, and at most " + amount.limit + " are to be kept"));
    }
}
