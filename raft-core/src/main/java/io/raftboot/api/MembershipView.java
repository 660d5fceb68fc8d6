package io.raftboot.api;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The members of a group as its leader sees them, or as far as a member knows where no leader answers.
 *
 * @param version index of the newest entry that changed the configuration
 * @param source who says so, and when
 * @param members in the order of their ids
 * @param halves ids of the voters; two lists while one set of voters takes the place of another, each of which has to agree then
 * @param change the one under way; null if there is none
 * @param past those that ended last, the newest first
 * @param joining those that announce themselves and are no members
 */
public record MembershipView(
        long version,
        Source source,
        List<Member> members,
        List<List<Long>> halves,
        @Nullable Change change,
        List<Change> past,
        List<Joining> joining) {
    public MembershipView {
        members = List.copyOf(members);
        halves = halves.stream().map(List::copyOf).toList();
        past = List.copyOf(past);
        joining = List.copyOf(joining);
    }

    /**
     * Who says how the members are.
     *
     * @param leaderId null if none is known
     * @param ageMillis time since the leader said it; 0 of a leader itself; null where none has: what only a leader knows is absent
     *     then
     * @param failureTolerance how many voters may fail now, beside those that have; negative if a majority is missing. Null where no
     *     leader has said it
     */
    public record Source(@Nullable Long leaderId, @Nullable Long ageMillis, @Nullable Integer failureTolerance) {}

    /**
     * One member.
     *
     * @param address empty if nobody has said where it is
     * @param role {@code leader}, {@code follower} or {@code learner}
     * @param voter whether it has a vote
     * @param incarnation of its directory; 0 if it has not said who it is
     * @param formatVersion of the entries that it reads; 0 if it has not said
     * @param contact null where no leader has said it
     */
    public record Member(
            long id,
            String address,
            String role,
            boolean voter,
            long incarnation,
            int formatVersion,
            @Nullable Contact contact) {
        boolean isHealthy() {
            return contact != null && contact.healthy();
        }
    }

    /**
     * How a member stands to its leader.
     *
     * @param matchIndex up to which the leader knows its log to be the same
     * @param lagEntries behind the leader's log
     * @param lagMillis since all was committed that it has
     * @param lastContactMillis since it was heard of last; null if it never was
     * @param healthy whether it is heard of and keeps up
     * @param stableSinceMillis time of day since when it has been healthy, in milliseconds since 1970; null if it is not
     * @param diskLow whether it has told that its disk has little room
     */
    public record Contact(
            long matchIndex,
            long lagEntries,
            long lagMillis,
            @Nullable Long lastContactMillis,
            boolean healthy,
            @Nullable Long stableSinceMillis,
            boolean diskLow) {}

    /** Where a change is in its life. */
    public enum State {
        RUNNING,
        DONE,
        FAILED,
        CANCELLED
    }

    /** Where a step is. */
    public enum StepState {
        PENDING,
        RUNNING,
        DONE,
        CANCELLED
    }

    /**
     * A change of the members.
     *
     * @param id index of the entry that began it; 0 of one that had nothing to do
     * @param by who asked for it; empty if that was not said
     * @param message what it waits for, or why it ended otherwise than wanted; empty if there is nothing to say
     */
    public record Change(
            long id,
            State state,
            String by,
            List<Step> steps,
            String message,
            long begunMillis,
            @Nullable Long endedMillis) {
        public Change {
            steps = List.copyOf(steps);
        }
    }

    /** One step, in words. */
    public record Step(String text, StepState state) {}

    /**
     * A process that announces itself and is no member.
     *
     * @param address at which it says that it is; empty if it does not say
     * @param message what it waits for
     */
    public record Joining(long id, String address, long incarnation, long lastContactMillis, String message) {}

    /** The change of this id, under way or ended; empty if it is not known any more. */
    public Optional<Change> change(long id) {
        return change != null && change.id() == id
                ? Optional.of(change)
                : past.stream().filter(ended -> ended.id() == id).findFirst();
    }

    public Optional<Member> member(long id) {
        return members.stream().filter(member -> member.id() == id).findFirst();
    }

    /**
     * Why the group would not be available without this member, in a sentence; null if it would.
     *
     * @param id of a member, or of one that is none
     */
    public @Nullable String criticalBecauseOf(long id) {
        for (List<Long> half : halves) {
            String problem = half.contains(id) ? problemWithout(id, half) : null;
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private @Nullable String problemWithout(long id, List<Long> voters) {
        if (source.ageMillis() == null) {
            return "no leader says how the other voters are";
        }
        long left = voters.stream()
                .filter(voter ->
                        voter != id && member(voter).filter(Member::isHealthy).isPresent())
                .count();
        int majority = voters.size() / 2 + 1;
        return left >= majority
                ? null
                : "of " + voters.size() + " voters " + majority + " are needed, and without node " + id + " only "
                        + left + " are there and keep up";
    }
}
