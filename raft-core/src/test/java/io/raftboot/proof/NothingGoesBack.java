package io.raftboot.proof;

import java.util.HashMap;
import java.util.Map;

/**
 * S6: term, vote and commit index of a disk never go back, nor those of a core, nor what a member has applied, as long as it runs; and
 * a core begins with no less than its disk has.
 */
final class NothingGoesBack extends Invariant {
    private final Map<Long, ForcedLog> disks = new HashMap<>();
    private final Map<Long, Long> applied = new HashMap<>();

    NothingGoesBack(Violations violations) {
        super(violations);
    }

    @Override
    public void begunAnew(long member, ForcedLog disk) {
        disks.put(member, disk);
    }

    @Override
    public void crashed(long member, End end) {
        applied.remove(member);
    }

    @Override
    public void hardStateForced(long member, Promise before, Promise now) {
        check(now.term() >= before.term(), member, "on disk term " + now.term() + " follows " + before.term());
        check(
                now.commit() >= before.commit(),
                member,
                "on disk commit " + now.commit() + " follows " + before.commit());
        check(
                now.term() != before.term() || before.vote() == 0 || before.vote() == now.vote(),
                member,
                "on disk the vote of term " + now.term() + " was for " + before.vote() + " and is for " + now.vote());
    }

    @Override
    public void logCut(long member, long index, long endedAt, long endedTerm) {
        var disk = disks.get(member);
        if (disk != null) {
            long committed = Math.max(disk.promise().commit(), disk.snapshotIndex());
            check(
                    index >= committed,
                    member,
                    "on disk the log ends at " + index + ", and " + committed + " is committed");
        }
    }

    @Override
    public void started(long member, LogView log) {
        var disk = disks.get(member);
        if (disk == null) {
            return;
        }
        long last = disk.lastIndex();
        check(
                log.lastIndex() >= last && log.term(last) == disk.term(last),
                member,
                "its disk has entry " + last + " of term " + disk.term(last)
                        + ", and the log that it begins with ends at " + log.lastIndex() + " and has term "
                        + log.term(last) + " there");
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        if (before.equals(CoreState.NONE)) {
            begins(member, now);
            return;
        }
        check(now.term() >= before.term(), member, "term " + now.term() + " follows " + before.term());
        check(now.commit() >= before.commit(), member, "commit " + now.commit() + " follows " + before.commit());
        check(now.applied() >= before.applied(), member, "applied " + now.applied() + " follows " + before.applied());
        check(
                now.commit() <= now.lastIndex(),
                member,
                "commit " + now.commit() + " behind the last entry, " + now.lastIndex());
        check(
                now.term() != before.term() || before.vote() == 0 || before.vote() == now.vote(),
                member,
                "the vote of term " + now.term() + " was for " + before.vote() + " and is for " + now.vote());
    }

    private void begins(long member, CoreState now) {
        var disk = disks.get(member);
        if (disk == null) {
            return;
        }
        var promise = disk.promise();
        check(
                now.term() > promise.term() || (now.term() == promise.term() && now.vote() == promise.vote()),
                member,
                "its disk has " + promise + ", and it begins with term " + now.term() + " and a vote for "
                        + now.vote());
        check(
                now.commit() >= promise.commit(),
                member,
                "its disk has commit " + promise.commit() + ", and it begins with " + now.commit());
    }

    @Override
    public void advanced(long member, long fromIndex, long toIndex, long toTerm) {
        long before = applied.getOrDefault(member, 0L);
        applied.put(member, toIndex);
        check(toIndex >= before, member, "it has applied up to " + toIndex + " after " + before);
    }
}
