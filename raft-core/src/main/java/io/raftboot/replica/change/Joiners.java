package io.raftboot.replica.change;

import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.Self;
import io.raftboot.replica.proto.MemberRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The processes that announce themselves to the leader and are no members, for as long as they go on doing so. Owned by the raft
 * stage.
 */
public final class Joiners implements Duty {
    /** Processes that are remembered; more are not listened to, until one of these is silent. */
    private static final int MAX_JOINERS = 64;

    /** Announcements that may be missed, in election timeouts. */
    private static final int PATIENCE_ELECTION_TIMEOUTS = 3;

    private final Self self;

    /** By id, and by incarnation: two processes may announce themselves under one id. */
    private final Map<Long, Map<Long, Joiner>> joiners = new TreeMap<>();

    record Joiner(MemberRecord record, long heardNanos) {}

    public Joiners(Self self) {
        this.self = self;
    }

    @Override
    public void leaderChanged() {
        joiners.clear();
    }

    @Override
    public void tick(long nowNanos) {
        long patience = PATIENCE_ELECTION_TIMEOUTS * self.electionTimeoutNanos();
        joiners.values()
                .forEach(byIncarnation ->
                        byIncarnation.values().removeIf(joiner -> nowNanos - joiner.heardNanos() > patience));
        joiners.values().removeIf(Map::isEmpty);
    }

    void heard(MemberRecord record) {
        boolean known = joiners.getOrDefault(record.getId(), Map.of()).containsKey(record.getIncarnation());
        if (known || all().size() < MAX_JOINERS) {
            joiners.computeIfAbsent(record.getId(), id -> new TreeMap<>())
                    .put(record.getIncarnation(), new Joiner(record, self.nowNanos()));
        }
    }

    /** Those that announce themselves under an id. */
    List<Joiner> of(long id) {
        return List.copyOf(joiners.getOrDefault(id, Map.of()).values());
    }

    List<Joiner> all() {
        var all = new ArrayList<Joiner>();
        joiners.values().forEach(byIncarnation -> all.addAll(byIncarnation.values()));
        return all;
    }
}
