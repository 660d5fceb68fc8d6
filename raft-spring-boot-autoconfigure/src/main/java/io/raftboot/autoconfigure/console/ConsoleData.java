package io.raftboot.autoconfigure.console;

import io.raftboot.api.MembershipView;
import io.raftboot.api.RaftMembership;
import io.raftboot.api.report.GroupReport;
import io.raftboot.api.report.LogEntry;
import io.raftboot.autoconfigure.http.Json;
import io.raftboot.autoconfigure.members.DriftShape;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.autoconfigure.members.MembersShape;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All that the page shows, in one document. However many pages are open it is made once a second at most: whoever asks meanwhile
 * gets the same. Any thread.
 */
final class ConsoleData {
    private static final long FRESH_NANOS = 1_000_000_000L;

    /** A member that works gives its newest entries at once. */
    private static final long ENTRIES_MILLIS = 1_000;

    /** Nothing that is waited for takes longer, but for what hangs: whoever comes then begins anew. */
    private static final long HANGS_NANOS = 5 * FRESH_NANOS;

    private final Replica replica;
    private final DriftWatch drift;
    private final EntryShape entries;

    // Guarded by this.

    private @Nullable CompletableFuture<byte[]> newest;
    private long newestBegunNanos;

    ConsoleData(Replica replica, DriftWatch drift, EntryShape entries) {
        this.replica = replica;
        this.drift = drift;
        this.entries = entries;
    }

    /** The newest document, as JSON. */
    synchronized CompletableFuture<byte[]> now() {
        long nowNanos = System.nanoTime();
        var last = newest;
        if (last == null
                || last.isCompletedExceptionally()
                || nowNanos - newestBegunNanos >= (last.isDone() ? FRESH_NANOS : HANGS_NANOS)) {
            newestBegunNanos = nowNanos;
            last = make();
            newest = last;
        }
        return last.copy();
    }

    /** Asks all at once, so that it takes as long as the slowest of them. */
    private CompletableFuture<byte[]> make() {
        var group = replica.reports().now();
        var view = replica.membership().view(RaftMembership.VIEW_PATIENCE);
        var status = replica.status();
        // Where the raft stage hangs, which the status says, the entries are told by nobody.
        var newest = replica.reports()
                .newestEntries()
                .thenApply(EntriesSeen::new)
                .completeOnTimeout(EntriesSeen.NONE, ENTRIES_MILLIS, TimeUnit.MILLISECONDS);
        return group.thenCombine(view, Seen::new)
                .thenCombine(newest, Seen::with)
                .thenCombine(status, (seen, of) -> Json.write(document(seen, of)));
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
        document.put("verdict", verdict(Verdict.of(view, group)));
        document.put("members", members(group, view));
        document.put("membership", MembersShape.view(view));
        // The console changes nothing, so it names no call that would.
        var differing = new LinkedHashMap<>(DriftShape.of(drift.of(view), ""));
        differing.remove("operation");
        document.put("drift", differing);
        document.put("history", ReportShape.history(replica.reports().history()));
        document.put("machines", machines(status));
        document.put("entries", listed == null ? null : entries.all(listed));
        document.put("payloadsShown", entries.showsPayloads());
        return document;
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
            shape.put("commands", new TreeSet<>(machine.commandNames()));
            shape.put("calls", calls.getOrDefault(name, Map.of()));
            shape.put("sessions", sessions(status.sessions().get(name)));
            shapes.add(shape);
        });
        return shapes;
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
