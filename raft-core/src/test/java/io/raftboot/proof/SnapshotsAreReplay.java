package io.raftboot.proof;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Snapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** S13: who was restored from a snapshot is where those are who applied all that it covers, the configuration included. */
final class SnapshotsAreReplay extends Invariant {
    /** Index of the configuration that each directory begins with that joins nobody: it need not be the same. */
    private static final long BEGIN = 1;

    private record Place(String kind, long index) {}

    private record Seen(long hash, long member) {}

    /** What members came to by applying, one of them for each place. */
    private final Map<Place, Seen> replayed = new HashMap<>();

    /** Those who were there first, by a snapshot. */
    private final Map<Place, Seen> restored = new HashMap<>();

    /** Configurations by the index that brought them. */
    private final TreeMap<Long, ConfState> configurations = new TreeMap<>();

    SnapshotsAreReplay(Violations violations) {
        super(violations);
    }

    @Override
    public void state(long member, String kind, long index, long hash, boolean fromSnapshot) {
        var place = new Place(kind, index);
        var mine = fromSnapshot ? restored : replayed;
        var others = fromSnapshot ? replayed : restored;
        mine.putIfAbsent(place, new Seen(hash, member));
        var other = others.get(place);
        if (other != null && other.hash != hash) {
            broken(
                    "the " + kind + " at index " + index + " is not the same by a snapshot and by replay",
                    other.member,
                    member);
        }
    }

    @Override
    public void snapshotForced(long member, Snapshot snapshot, boolean installed) {
        if (snapshot.getData().isEmpty()) {
            // A cluster begins with it, and whoever lost his directory believes to begin one.
            return;
        }
        var metadata = snapshot.getMetadata();
        // Whoever took it had applied all up to there, and so it is known which configuration was in force.
        var known = configurations.floorEntry(metadata.getIndex());
        if (known != null && !same(known.getValue(), metadata.getConfState())) {
            broken(
                    "the snapshot at " + metadata.getIndex() + " has the members " + text(metadata.getConfState())
                            + ", and as of index " + known.getKey() + " they are " + text(known.getValue()),
                    member);
        }
        configurations.putIfAbsent(metadata.getIndex(), metadata.getConfState());
    }

    @Override
    public void configured(long member, long index, ConfState members) {
        var known = index <= BEGIN ? null : configurations.putIfAbsent(index, members);
        if (known != null && !same(known, members)) {
            broken("as of index " + index + " the members are " + text(known) + " and " + text(members), member);
        }
    }

    private static boolean same(ConfState one, ConfState other) {
        return text(one).equals(text(other));
    }

    private static String text(ConfState state) {
        return state.getVotersList().stream().sorted().toList() + " before "
                + state.getVotersOutgoingList().stream().sorted().toList() + " learners "
                + state.getLearnersList().stream().sorted().toList() + " later "
                + state.getLearnersNextList().stream().sorted().toList();
    }
}
