package io.raftboot.replica.change;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.MemberChange;
import io.raftboot.api.MembershipView;
import io.raftboot.api.RaftMembership;
import io.raftboot.api.TransferOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The members as whichever run of a member there is knows them; answers by itself where there is none. Any thread. */
public final class PresentMembership implements RaftMembership {
    private final Present present;
    private final WhyNot whyNot;

    /** The run there is. */
    @FunctionalInterface
    public interface Present {
        /** Null if there is none. */
        @Nullable
        RaftMembership membership();
    }

    /** Why there is none, for people. */
    @FunctionalInterface
    public interface WhyNot {
        String text();
    }

    public PresentMembership(Present present, WhyNot whyNot) {
        this.present = present;
        this.whyNot = whyNot;
    }

    @Override
    public CompletableFuture<MembershipView> view(Duration patience) {
        return ask(membership -> membership.view(patience), PresentMembership::nothingKnown);
    }

    @Override
    public CompletableFuture<ChangeOutcome> change(MemberChange change, ChangeOptions options) {
        return ask(membership -> membership.change(change, options), this::refused);
    }

    @Override
    public CompletableFuture<ChangeOutcome> plan(MemberChange change, ChangeOptions options) {
        return ask(membership -> membership.plan(change, options), this::refused);
    }

    @Override
    public CompletableFuture<ChangeOutcome> cancel(long changeId, String by) {
        return ask(membership -> membership.cancel(changeId, by), this::refused);
    }

    @Override
    public CompletableFuture<TransferOutcome> transfer(@Nullable Long targetId) {
        return ask(membership -> membership.transfer(targetId), () -> new TransferOutcome.TimedOut(whyNot.text()));
    }

    private <T> CompletableFuture<T> ask(
            Function<RaftMembership, CompletableFuture<T>> question, Supplier<T> answerOfNone) {
        var running = present.membership();
        return running == null ? CompletableFuture.completedFuture(answerOfNone.get()) : question.apply(running);
    }

    private ChangeOutcome refused() {
        return new ChangeOutcome.Refused(ChangeOutcome.Reason.NO_LEADER, whyNot.text(), null);
    }

    private static MembershipView nothingKnown() {
        return new MembershipView(
                0, new MembershipView.Source(null, null, null), List.of(), List.of(), null, List.of(), List.of());
    }
}
