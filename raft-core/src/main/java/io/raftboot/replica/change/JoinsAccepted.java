package io.raftboot.replica.change;

import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.replica.proto.WantedMember;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Adds processes that announce themselves. One whose id was removed waits for an operator all the same: somebody did not want it.
 */
final class JoinsAccepted implements Initiative {
    private final Joiners joiners;
    private final Promotion promotion;

    JoinsAccepted(Joiners joiners, Promotion promotion) {
        this.joiners = joiners;
        this.promotion = promotion;
    }

    @Override
    public @Nullable Wish next(Situation present, long nowNanos) {
        for (var joiner : joiners.all()) {
            var record = joiner.record();
            var known = present.members().get(record.getId());
            boolean fit = !present.isMember(record.getId())
                    && !record.getAddress().isEmpty()
                    && joiners.of(record.getId()).size() == 1
                    && (known == null || !known.getRemoved());
            if (fit) {
                var wanted = new TreeMap<Long, WantedMember>();
                present.ids()
                        .forEach(id -> wanted.put(
                                id,
                                WantedMember.newBuilder()
                                        .setId(id)
                                        .setVoter(present.isVoter(id))
                                        .build()));
                boolean voter = promotion == Promotion.AUTO;
                wanted.put(
                        record.getId(),
                        WantedMember.newBuilder()
                                .setId(record.getId())
                                .setAddress(record.getAddress())
                                .setVoter(voter)
                                .build());
                int voters = present.configuration().getVotersCount() + (voter ? 1 : 0);
                return new Wish(
                        new ChangeSteps(present).to(wanted),
                        "raft.membership.accept-joins",
                        "node " + record.getId() + " announces itself at " + record.getAddress() + ", and is added",
                        voters);
            }
        }
        return null;
    }
}
