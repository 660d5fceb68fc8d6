package io.raftboot.autoconfigure.admin;

import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.ChangeOutcome.Reason;
import io.raftboot.api.MemberChange;
import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.api.MembershipView;
import io.raftboot.api.RaftMembership;
import io.raftboot.autoconfigure.members.MembersShape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls that show the members and change them. */
final class MemberCalls {
    private static final Set<String> CHANGE = Set.of(Route.DRY_RUN, Route.VERSION);
    private static final String MEMBER = "{\"id\":4,\"address\":\"node4:7400\"}";
    private static final String WANTED = "{\"id\":4,\"address\":\"node4:7400\",\"voter\":true}";

    /** What a member is read back with and not given: who changes what was read may leave it in. */
    private static final Set<String> READ_ONLY = Set.of(
            "role",
            "incarnation",
            "formatVersion",
            "matchIndex",
            "lagEntries",
            "lagMillis",
            "lastContactMillis",
            "healthy",
            "stableSince",
            "diskLow");

    private static final Set<String> READ_ONLY_BESIDE =
            Set.of("failureTolerance", "leader", "ageMillis", "joint", "change", "past", "joining");

    private final Supplier<RaftMembership> membership;
    private final Promotion promotion;
    private final Problems problems;

    /** @param promotion what becomes of a member that was added by someone who does not say */
    MemberCalls(Supplier<RaftMembership> membership, Promotion promotion, Problems problems) {
        this.membership = membership;
        this.promotion = promotion;
        this.problems = problems;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "members", Set.of(), "", this::show),
                new Route(
                        "PUT",
                        "members",
                        Set.of(Route.DRY_RUN),
                        "{\"version\":7,\"members\":[" + WANTED + "]}",
                        this::set),
                new Route("POST", "members", Set.of(Route.DRY_RUN), MEMBER, this::add),
                new Route("PUT", "members/{id}", Set.of(Route.DRY_RUN), "{\"address\":\"node4:7400\"}", this::move),
                new Route(
                        "DELETE",
                        "members/{id}",
                        CHANGE,
                        "",
                        call -> begin(call, new MemberChange.Remove(call.id()), null)),
                new Route(
                        "POST",
                        "members/{id}/promote",
                        CHANGE,
                        "{\"version\":7}",
                        call -> byId(call, new MemberChange.Promote(call.id()))),
                new Route(
                        "POST",
                        "members/{id}/demote",
                        CHANGE,
                        "{\"version\":7}",
                        call -> byId(call, new MemberChange.Demote(call.id()))),
                new Route(
                        "POST",
                        "replace",
                        Set.of(Route.DRY_RUN),
                        "{\"in\":[" + MEMBER + "],\"out\":[3]}",
                        this::replace),
                new Route("GET", "changes/{id}", Set.of(), "", this::change),
                new Route("DELETE", "changes/{id}", Set.of(), "", this::cancel));
    }

    private CompletableFuture<AdminAnswer> show(AdminCall call) {
        return look(call, view -> AdminAnswer.ok(MembersShape.view(view)));
    }

    /** Looks at the members, unless this one takes part no more. */
    private CompletableFuture<AdminAnswer> look(AdminCall call, Function<MembershipView, AdminAnswer> answer) {
        var absence = problems.absence(call.request());
        return absence != null
                ? CompletableFuture.completedFuture(absence)
                : membership.get().view(RaftMembership.VIEW_PATIENCE).thenApply(answer);
    }

    private CompletableFuture<AdminAnswer> set(AdminCall call) {
        var body = call.body(READ_ONLY_BESIDE, "version", "members");
        var wanted = new ArrayList<MemberChange.Wanted>();
        var ids = new HashSet<Long>();
        for (Fields member : body.objects("members", WANTED, READ_ONLY, "id", "address", "voter")) {
            long id = member.id("id");
            if (!ids.add(id)) {
                throw new BadRequestException(
                        member.at("id") + " is " + id + " as that of another one before it; write each member once");
            }
            if (member.has("role") && !member.has("voter")) {
                throw new BadRequestException(member.at("role")
                        + " is what a member is, and not what it is to be; write \"voter\":true or \"voter\":false");
            }
            // Of a member that has not said where it is, GET members says nothing, and that may be put as it is.
            String address = member.isEmptyText("address") ? null : member.addressOrNull("address", id);
            wanted.add(new MemberChange.Wanted(id, address, member.flag("voter", true)));
        }
        return begin(call, new MemberChange.Target(wanted), body.version());
    }

    private CompletableFuture<AdminAnswer> add(AdminCall call) {
        var body = call.body("id", "address", "promote", "version");
        String word = body.word("promote", List.of("auto", "manual"));
        var wanted = word == null ? promotion : Promotion.valueOf(word.toUpperCase(Locale.ROOT));
        return begin(call, new MemberChange.Add(member(body), wanted), body.version());
    }

    private CompletableFuture<AdminAnswer> move(AdminCall call) {
        var body = call.body("id", "address", "version");
        if (body.has("id") && body.id("id") != call.id()) {
            throw new BadRequestException("id is " + body.id("id") + ", and " + call.id()
                    + " in the path; the id of a member can't be changed, so leave it out");
        }
        var member = new MemberChange.Address(call.id(), body.address("address", call.id()));
        return begin(call, new MemberChange.Move(member), body.version());
    }

    private CompletableFuture<AdminAnswer> replace(AdminCall call) {
        var body = call.body("in", "out", "version");
        var in = body.objects("in", MEMBER, Set.of(), "id", "address").stream()
                .map(MemberCalls::member)
                .toList();
        return begin(call, new MemberChange.Replace(in, body.ids("out")), body.version());
    }

    private static MemberChange.Address member(Fields body) {
        long id = body.id("id");
        return new MemberChange.Address(id, body.address("address", id));
    }

    private CompletableFuture<AdminAnswer> byId(AdminCall call, MemberChange change) {
        return begin(call, change, call.body("version").version());
    }

    private CompletableFuture<AdminAnswer> begin(AdminCall call, MemberChange change, @Nullable Long version) {
        Long inQuery = call.version();
        var options = call.options(version == null ? inQuery : version);
        var outcome = call.dryRun()
                ? membership.get().plan(change, options)
                : membership.get().change(change, options);
        return outcome.thenApply(became -> answer(call, became, 202));
    }

    private AdminAnswer answer(AdminCall call, ChangeOutcome outcome, int accepted) {
        if (outcome instanceof ChangeOutcome.Refused refused) {
            return problems.refused(call.request(), refused);
        }
        return outcome instanceof ChangeOutcome.Accepted begun
                ? accepted(call, begun.change(), accepted)
                : outcome instanceof ChangeOutcome.Planned planned
                        ? AdminAnswer.ok(Map.of("steps", MembersShape.steps(planned.steps())))
                        : problems.unknown(call.request(), ((ChangeOutcome.Undecided) outcome).message());
    }

    private static AdminAnswer accepted(AdminCall call, MembershipView.Change change, int status) {
        var body = MembersShape.change(change);
        return status == 202
                ? AdminAnswer.accepted(call.request().base() + "/changes/" + change.id(), body)
                : AdminAnswer.ok(body);
    }

    private CompletableFuture<AdminAnswer> change(AdminCall call) {
        if (call.id() == 0) {
            return CompletableFuture.completedFuture(AdminAnswer.ok(nothingToDo()));
        }
        return look(call, view -> view.change(call.id())
                .map(change -> AdminAnswer.ok(MembersShape.change(change)))
                .orElseGet(() -> notFound(call, view)));
    }

    /** A change that is not known here, or was not when a leader answered last, may well be known to the leader. */
    private AdminAnswer notFound(AdminCall call, MembershipView view) {
        Long age = view.source().ageMillis();
        return age == null || age > 0
                ? problems.refused(
                        call.request(), Reason.NO_LEADER, "no leader says whether there is a change " + call.id(), view)
                : problems.refused(
                        call.request(),
                        Reason.UNKNOWN,
                        "there is no change " + call.id() + ", or not any more: only the newest are kept",
                        view);
    }

    /** A change that was asked for where all was as wanted already. */
    private static Map<String, @Nullable Object> nothingToDo() {
        Map<String, @Nullable Object> done = new LinkedHashMap<>();
        done.put("id", 0);
        done.put("state", "done");
        done.put("message", "there was nothing to do");
        done.put("steps", List.of());
        return done;
    }

    private CompletableFuture<AdminAnswer> cancel(AdminCall call) {
        return membership
                .get()
                .cancel(call.id(), call.options(null).by())
                .thenApply(became -> answer(call, became, 200));
    }
}
