package io.raftboot.replica.change;

import io.raftboot.replica.duty.InForce;
import io.raftboot.replica.machine.KnownMembers;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether all members apply changes of the members, as far as they have said: one of a version that does not know them would stop at
 * the first. Any thread.
 */
public final class ChangeSupport {
    private final InForce inForce;
    private final KnownMembers members;

    public ChangeSupport(InForce inForce, KnownMembers members) {
        this.inForce = inForce;
        this.members = members;
    }

    /** Why the group can't change its members; null if it can. */
    public @Nullable String lacking() {
        var table = members.members();
        var lacking = new TreeSet<Long>();
        for (long id : inForce.members()) {
            var known = table.get(id);
            // One that was added and has not said what it is keeps nothing back: it is of a version that knows this.
            if (known != null && !known.getRemoved() && known.getRuns() > 0 && !known.getChangesMembers()) {
                lacking.add(id);
            }
        }
        return lacking.isEmpty()
                ? null
                : "the members " + lacking
                        + " are of a version that can't change members, and would stop: update them first";
    }
}
