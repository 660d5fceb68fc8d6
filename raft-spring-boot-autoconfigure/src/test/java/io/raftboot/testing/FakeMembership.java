package io.raftboot.testing;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.MemberChange;
import io.raftboot.api.MembershipView;
import io.raftboot.api.MembershipView.Change;
import io.raftboot.api.MembershipView.Contact;
import io.raftboot.api.MembershipView.Joining;
import io.raftboot.api.MembershipView.Member;
import io.raftboot.api.MembershipView.Source;
import io.raftboot.api.MembershipView.State;
import io.raftboot.api.MembershipView.Step;
import io.raftboot.api.MembershipView.StepState;
import io.raftboot.api.RaftMembership;
import io.raftboot.api.TransferOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The members of a group that is not there: shows what a test gave it, answers what it was told to, and remembers what was wanted. */
public final class FakeMembership implements RaftMembership {
    public static final Change RUNNING = new Change(
            17,
            State.RUNNING,
            "ada",
            List.of(new Step("add node 4 as a learner", StepState.DONE), new Step("promote node 4", StepState.RUNNING)),
            "waits for node 4 to catch up",
            1_700_000_000_000L,
            null);

    public volatile MembershipView view = of(member(1, "leader"), member(2, "follower"), member(3, "follower"));
    public volatile ChangeOutcome outcome = new ChangeOutcome.Accepted(RUNNING);
    public volatile TransferOutcome transferOutcome = new TransferOutcome.Transferred(2, 4);
    public volatile boolean neverAnswers;
    public final List<MemberChange> changes = new ArrayList<>();
    public final List<MemberChange> plans = new ArrayList<>();
    public final List<ChangeOptions> options = new ArrayList<>();
    public final List<Long> cancelled = new ArrayList<>();
    public final List<@Nullable Long> transfers = new ArrayList<>();

    /** A member at port 7400 and its id, which keeps up; the voters are those whose role is not {@code learner}. */
    public static Member member(long id, String role) {
        var contact = new Contact(40, 2, 30, id == 1 ? 0L : 12L, true, 1_700_000_000_000L, false);
        return new Member(id, "node" + id + ":" + (7400 + id), role, !role.equals("learner"), 0xabcL + id, 4, contact);
    }

    public static MembershipView of(Member... members) {
        return new MembershipView(
                7, new Source(1L, 0L, 1), List.of(members), voters(members), null, List.of(), List.of());
    }

    /** What a leader said so long ago. */
    public static MembershipView of(long ageMillis, Member... members) {
        return new MembershipView(
                7, new Source(1L, ageMillis, 1), List.of(members), voters(members), null, List.of(), List.of());
    }

    private static List<List<Long>> voters(Member... members) {
        return List.of(
                List.of(members).stream().filter(Member::voter).map(Member::id).toList());
    }

    /** The same with a change under way and a process that waits to come in. */
    public static MembershipView changing() {
        var view = of(member(1, "leader"), member(2, "follower"), member(3, "follower"), member(4, "learner"));
        return new MembershipView(
                view.version(),
                view.source(),
                view.members(),
                view.halves(),
                RUNNING,
                List.of(new Change(9, State.FAILED, "", List.of(), "node 9 was never there", 1, 2L)),
                List.of(new Joining(5, "node5:7405", 0x5L, 80, "waits for an operator to add it")));
    }

    /** As a member tells it that has heard of no leader. */
    public static MembershipView withoutLeader() {
        var view = of(member(1, "follower"), member(2, "follower"), member(3, "follower"));
        var members = view.members().stream()
                .map(one -> new Member(one.id(), one.address(), one.role(), true, one.incarnation(), 4, null))
                .toList();
        return new MembershipView(7, new Source(null, null, null), members, view.halves(), null, List.of(), List.of());
    }

    public void reset() {
        view = of(member(1, "leader"), member(2, "follower"), member(3, "follower"));
        outcome = new ChangeOutcome.Accepted(RUNNING);
        transferOutcome = new TransferOutcome.Transferred(2, 4);
        neverAnswers = false;
        changes.clear();
        plans.clear();
        options.clear();
        cancelled.clear();
        transfers.clear();
    }

    @Override
    public CompletableFuture<MembershipView> view(Duration patience) {
        return answer(view);
    }

    @Override
    public CompletableFuture<ChangeOutcome> change(MemberChange change, ChangeOptions with) {
        changes.add(change);
        options.add(with);
        return answer(outcome);
    }

    @Override
    public CompletableFuture<ChangeOutcome> plan(MemberChange change, ChangeOptions with) {
        plans.add(change);
        options.add(with);
        return answer(
                outcome instanceof ChangeOutcome.Refused
                        ? outcome
                        : new ChangeOutcome.Planned(List.of(new Step("remove node 3", StepState.PENDING))));
    }

    @Override
    public CompletableFuture<ChangeOutcome> cancel(long changeId, String by) {
        cancelled.add(changeId);
        options.add(ChangeOptions.DEFAULTS.withBy(by));
        return answer(outcome);
    }

    @Override
    public CompletableFuture<TransferOutcome> transfer(@Nullable Long targetId) {
        transfers.add(targetId);
        return answer(transferOutcome);
    }

    private <T> CompletableFuture<T> answer(T value) {
        return neverAnswers ? new CompletableFuture<>() : CompletableFuture.completedFuture(value);
    }
}
