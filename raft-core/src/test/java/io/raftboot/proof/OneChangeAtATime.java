package io.raftboot.proof;

import java.util.HashMap;
import java.util.Map;

/**
 * S10: of the entries that change the configuration at most one is not committed, in whichever log. Both halves of a joint
 * configuration are counted by {@link CommittedIsOnDisks}, and by {@link ElectedByQuorums} for elections.
 */
final class OneChangeAtATime extends Invariant {
    private final Map<Long, ForcedLog> disks = new HashMap<>();
    private long committed;

    OneChangeAtATime(Violations violations) {
        super(violations);
    }

    @Override
    public void begunAnew(long member, ForcedLog disk) {
        disks.put(member, disk);
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        committed = Math.max(committed, now.commit());
    }

    @Override
    public void entryForced(long member, long index, long term, long previousTerm, long hash, boolean changesMembers) {
        var disk = disks.get(member);
        if (changesMembers && disk != null) {
            var open = disk.memberChanges().tailSet(committed, false);
            check(
                    open.size() <= 1,
                    member,
                    "its log has the changes " + open + " of the members, and nobody has committed behind "
                            + committed);
        }
    }
}
