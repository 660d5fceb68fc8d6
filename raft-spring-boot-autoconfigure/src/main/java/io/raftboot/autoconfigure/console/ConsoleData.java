package io.raftboot.autoconfigure.console;

import io.raftboot.api.MembershipView;
import io.raftboot.api.RaftMembership;
import io.raftboot.api.StateMachine;
import io.raftboot.api.report.GroupReport;
import io.raftboot.api.report.LogEntry;
import io.raftboot.autoconfigure.members.Drift;
import io.raftboot.autoconfigure.members.DriftShape;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.autoconfigure.members.MembersShape;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * How all members are, in one document. However many pages are open it is made once a second or so: whoever asks meanwhile gets the same.
 * Any thread.
 */
final class ConsoleData {
    /** A document that is younger is good enough for whoever looks all the time. */
    static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    /** A document that is younger is good enough even for whom something has happened meanwhile. */
    static final long HURRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Time after which a question is answered in any case; members and leader are waited for a second each. */
    private static final long DEADLINE_MILLIS = 5_000;

    /** A member that works gives its newest entries at once. */
    private static final long ENTRIES_MILLIS = 1_000;

    private final Logger log = QuietLogger.of(ConsoleData.class);
    private final Replica replica;
    private final DriftWatch drift;
    private final EntryShape entries;
    private final boolean acts;

    /** Of commands, by state machine. */
    private final Map<String, Collection<String>> names = new ConcurrentHashMap<>();

    // Guarded by this.

    private @Nullable CompletableFuture<Document> newest;
    private long newestBegunNanos;

    /** @param acts whether what the page offers to do is served */
    ConsoleData(Replica replica, DriftWatch drift, EntryShape entries, boolean acts) {
        this.replica = replica;
        this.drift = drift;
        this.entries = entries;
        this.acts = acts;
    }

    /**
     * The newest document.
     *
     * @param freshNanos how old it may be
     * @return not completed by whoever asks; completes on a thread of the member, which must not be held up
     */
    CompletableFuture<Document> now(long freshNanos) {
        CompletableFuture<Document> begun = new CompletableFuture<>();
        long nowNanos = System.nanoTime();
        synchronized (this) {
            var last = newest;
            // One that failed counts as well: whoever comes again at once would have it fail again.
            if (last != null && (!last.isDone() || nowNanos - newestBegunNanos < freshNanos)) {
                return last.copy();
            }
            newestBegunNanos = nowNanos;
            newest = begun;
        }
        begin(begun, nowNanos);
        return begun.copy();
    }

    /** Asks all at once, so that it takes as long as the slowest of them. */
    private void begin(CompletableFuture<Document> begun, long nowNanos) {
        CompletableFuture<Document> made;
        try {
            made = make(nowNanos);
        } catch (RuntimeException e) {
            made = CompletableFuture.failedFuture(e);
        }
        var unused = made.orTimeout(DEADLINE_MILLIS, TimeUnit.MILLISECONDS).whenComplete((document, failure) -> {
            if (failure == null) {
                begun.complete(document);
            } else {
                log.warn("The console could not be told how the members are", failure);
                begun.completeExceptionally(failure);
            }
        });
    }

    private CompletableFuture<Document> make(long nowNanos) {
        var group = replica.reports().now();
        var view = replica.membership().view(RaftMembership.VIEW_PATIENCE);
        var status = replica.status();
        // Where the raft stage hangs, which the status says, the entries are not told.
        var list = replica.reports()
                .newestEntries()
                .thenApply(EntriesSeen::new)
                .completeOnTimeout(EntriesSeen.NONE, ENTRIES_MILLIS, TimeUnit.MILLISECONDS);
        return group.thenCombine(view, Seen::new).thenCombine(list, Seen::with).thenCombine(status, (seen, of) -> {
            var history = replica.reports().history();
            return new Document(nowNanos, () -> document(seen, of), history);
        });
    }

    /** What itself has gone wrong; the same for all who are told of it. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** Why there is no document, for people. */
    static String why(Throwable failure) {
        var cause = cause(failure);
        return cause instanceof TimeoutException
                ? "this member does not tell how the members are: no answer within " + DEADLINE_MILLIS / 1000 + " s"
                : "this member could not tell how the members are: " + cause;
    }

    /** @param list null if they were not told in time */
    private record EntriesSeen(@Nullable List<LogEntry> list) {
        static final EntriesSeen NONE = new EntriesSeen(null);
    }

    private record Seen(GroupReport group, MembershipView view, EntriesSeen entries) {
        Seen(GroupReport group, MembershipView view) {
            this(group, view, EntriesSeen.NONE);
        }

        Seen with(EntriesSeen newEntries) {
            return new Seen(group, view, newEntries);
        }
    }

    private Map<String, @Nullable Object> document(Seen seen, ReplicaStatus status) {
        var group = seen.group();
        var view = seen.view();
        var listed = seen.entries().list();
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("cluster", status.clusterName());
        document.put("group", status.group());
        document.put("self", status.nodeId());
        document.put("acts", acts);
        document.put("verdict", verdict(Verdict.of(view, group)));
        document.put("members", members(group, view));
        document.put("membership", MembersShape.view(view));
        document.put("drift", drift(view));
        document.put("machines", machines(status));
        document.put("entries", listed == null ? null : entries.all(listed));
        document.put("payloadsShown", entries.showsPayloads());
        return document;
    }

    private Map<String, @Nullable Object> drift(MembershipView view) {
        Drift found = drift.of(view);
        // What would make the group as it is configured is left to the calls that do it.
        var shape = new LinkedHashMap<>(DriftShape.of(found, ""));
        shape.remove("operation");
        shape.put("known", found.isComparable());
        return shape;
    }

    private static Map<String, @Nullable Object> verdict(Verdict verdict) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("level", ReportShape.word(verdict.level()));
        shape.put("text", verdict.text());
        shape.put("advice", verdict.advice());
        shape.put("tolerance", verdict.tolerance());
        return shape;
    }

    /** Those that the group knows, and those that this member asks, which may be more or less for a moment. */
    private static List<Map<String, @Nullable Object>> members(GroupReport group, MembershipView view) {
        var shapes = new TreeMap<Long, Map<String, @Nullable Object>>();
        view.members().forEach(member -> shapes.put(member.id(), ReportShape.notAsked()));
        group.others().forEach(other -> shapes.put(other.id(), ReportShape.other(other)));
        shapes.put(group.own().run().id(), ReportShape.own(group.own()));
        var members = new ArrayList<Map<String, @Nullable Object>>();
        shapes.forEach((id, shape) -> {
            Map<String, @Nullable Object> member = new LinkedHashMap<>();
            member.put("id", id);
            view.member(id).ifPresent(known -> {
                var contact = known.contact();
                member.put("address", known.address());
                member.put("memberRole", known.role());
                member.put("voter", known.voter());
                member.put("healthy", contact == null ? null : contact.healthy());
                member.put("lagEntries", contact == null ? null : contact.lagEntries());
                member.put("lagMillis", contact == null ? null : contact.lagMillis());
                member.put("lastContactMillis", contact == null ? null : contact.lastContactMillis());
            });
            member.putAll(shape);
            members.add(member);
        });
        return members;
    }

    private List<Map<String, @Nullable Object>> machines(ReplicaStatus status) {
        var calls = replica.reports().calls();
        var shapes = new ArrayList<Map<String, @Nullable Object>>();
        new TreeMap<>(replica.stateMachines()).forEach((name, machine) -> {
            Map<String, @Nullable Object> shape = new LinkedHashMap<>();
            shape.put("name", name);
            shape.put("commands", names(name, machine));
            shape.put("calls", calls.getOrDefault(name, Map.of()));
            shape.put("sessions", sessions(status.sessions().get(name)));
            shapes.add(shape);
        });
        return shapes;
    }

    /** The names that a machine gives are the application's own work, which may fail, or take its time. They stay the same. */
    private Collection<String> names(String name, StateMachine machine) {
        return names.computeIfAbsent(name, unused -> names(machine));
    }

    private Collection<String> names(StateMachine machine) {
        try {
            return new TreeSet<>(machine.commandNames());
        } catch (RuntimeException e) {
            log.warn("A state machine could not tell its commands", e);
            return List.of();
        }
    }

    private static @Nullable Map<String, Object> sessions(ReplicaStatus.@Nullable SessionState state) {
        if (state == null) {
            return null;
        }
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("sessions", state.sessions());
        shape.put("maxSessions", state.maxSessions());
        shape.put("keys", state.keys());
        shape.put("maxKeys", state.maxKeys());
        shape.put("keyBytes", state.keyBytes());
        shape.put("maxKeyBytes", state.maxKeyBytes());
        return shape;
    }
}
