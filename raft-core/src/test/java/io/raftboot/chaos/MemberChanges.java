package io.raftboot.chaos;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.MemberChange;
import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.api.RaftMembership;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** The product's own verbs that change who belongs to the group, asked of a member by lines. */
final class MemberChanges {
    static final String ACCEPTED = "accepted ";
    static final String REFUSED = "refused ";

    private final RaftMembership membership;

    MemberChanges(RaftMembership membership) {
        this.membership = membership;
    }

    /**
     * Asks for a change.
     *
     * @param words the idempotency key, and then {@code add ID ADDRESS auto|manual}, {@code promote ID}, {@code demote ID}, {@code remove
     *     ID}, {@code move ID ADDRESS}, {@code replace ID@ADDRESS,... ID,...} or {@code set ID@ADDRESS,...}, where an address may be empty
     * @return {@code accepted} with the change's id, {@code refused} with reason and message, or {@code undecided}
     */
    CompletableFuture<String> change(String[] words) {
        var options = ChangeOptions.DEFAULTS.withIdempotencyKey(words[0]).withBy("campaign");
        return membership.change(change(words[1], words), options).thenApply(MemberChanges::text);
    }

    CompletableFuture<String> cancel(String id) {
        return membership.cancel(Long.parseLong(id), "campaign").thenApply(MemberChanges::text);
    }

    /** As {@link GroupView#valueOf} reads it. */
    CompletableFuture<String> view() {
        return membership.view(RaftMembership.VIEW_PATIENCE).thenApply(view -> GroupView.of(view)
                .text());
    }

    private static MemberChange change(String verb, String[] words) {
        return switch (verb) {
            case "add" ->
                new MemberChange.Add(
                        new MemberChange.Address(Long.parseLong(words[2]), words[3]),
                        Promotion.valueOf(words[4].toUpperCase(Locale.ROOT)));
            case "promote" -> new MemberChange.Promote(Long.parseLong(words[2]));
            case "demote" -> new MemberChange.Demote(Long.parseLong(words[2]));
            case "remove" -> new MemberChange.Remove(Long.parseLong(words[2]));
            case "move" -> new MemberChange.Move(new MemberChange.Address(Long.parseLong(words[2]), words[3]));
            case "replace" -> new MemberChange.Replace(addresses(words[2]), ids(words[3]));
            case "set" ->
                new MemberChange.Target(addresses(words[2]).stream()
                        .map(member -> new MemberChange.Wanted(
                                member.id(), member.address().isEmpty() ? null : member.address(), true))
                        .toList());
            default -> throw new IllegalArgumentException("'" + verb + "' is no change of the members");
        };
    }

    private static List<MemberChange.Address> addresses(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(word -> word.split("@", 2))
                .map(pair -> new MemberChange.Address(Long.parseLong(pair[0]), pair[1]))
                .toList();
    }

    private static List<Long> ids(String text) {
        return Arrays.stream(text.split(",", -1)).map(Long::valueOf).toList();
    }

    private static String text(ChangeOutcome outcome) {
        if (outcome instanceof ChangeOutcome.Accepted accepted) {
            return ACCEPTED + accepted.change().id();
        }
        return outcome instanceof ChangeOutcome.Refused refused
                ? REFUSED + refused.reason() + " " + refused.message()
                : "undecided " + outcome;
    }
}
