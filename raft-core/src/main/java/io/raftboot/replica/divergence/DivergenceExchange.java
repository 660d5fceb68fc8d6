package io.raftboot.replica.divergence;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.Divergence;
import io.raftboot.api.Divergence.What;
import io.raftboot.replica.config.DivergencePolicy;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.DivergenceAnswer;
import io.raftboot.replica.proto.DivergenceReport;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.ResultsAnswer;
import io.raftboot.replica.proto.ResultsQuestion;
import io.raftboot.transport.Transport;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the other members the hashes of this one's states, and compares theirs with them. Each member does so with each other, so
 * that nothing of it depends on who leads, and all come to know what one finds. What can't be compared, because the other is of
 * another version, or does not compare, or has left an index out, is not the same and not different. Owned by the raft stage.
 */
public final class DivergenceExchange implements Duty {
    /** Of how the hashes are made and of what. */
    private static final int FORMAT_VERSION = 1;

    /** Points in one message; what is more comes with the next tick. */
    private static final int MAX_POINTS_TOLD = 64;

    /** Time-outs for which the others' hashes are waited for before a difference is told, so that it says who stands alone. */
    private static final int PATIENCE_ELECTION_TIMEOUTS = 2;

    private final Links links;
    private final DivergencePolicy policy;
    private final Transport transport;
    private final AppliedHashes applied;
    private final ResultsLookup results;
    private final Findings findings;
    private final Set<String> machines = new TreeSet<>();
    private final long program;
    private final NavigableMap<Long, HashPoint> own = new TreeMap<>();
    private final Map<Long, PeerHashes> peers = new TreeMap<>();
    private final Map<String, Suspicion> suspicions = new TreeMap<>();

    /**
     * What is known of the comparison.
     *
     * @param hashedIndex newest index whose states were hashed here
     * @param settled whether all that was hashed here has been told to every member that is heard of, and nothing is being
     *     looked into
     * @param found one for each state machine at most
     */
    public record State(long hashedIndex, boolean settled, List<Divergence> found) {}

    /**
     * @param applied which makes the hashes
     * @param results of single entries
     * @param listener told what differs, on the raft stage; must not block
     */
    public DivergenceExchange(
            Links links,
            DivergencePolicy policy,
            Transport transport,
            Collection<MachineSlot> slots,
            AppliedHashes applied,
            ResultsLookup results,
            Consumer<Divergence> listener) {
        this.links = links;
        this.policy = policy;
        this.transport = transport;
        this.applied = applied;
        this.results = results;
        this.findings = new Findings(listener, links.events());
        machines.add(SystemMachine.NAME);
        slots.forEach(slot -> machines.add(slot.name()));
        this.program = program(slots);
    }

    private static long program(Collection<MachineSlot> slots) {
        var hash = new Hash64();
        for (MachineSlot slot : slots) {
            hash.add(slot.name());
            new TreeSet<>(slot.machine().commandNames()).forEach(hash::add);
        }
        return hash.value();
    }

    /** Any thread: the states as of an index are hashed. */
    public void hashed(HashPoint point) {
        links.tasks().execute(() -> {
            PeerHashes.keep(own, point);
            peers.forEach((id, peer) -> compare(id, peer, point.index()));
        });
    }

    /** Another member tells its hashes. */
    public void told(long from, DivergenceReport report, CompletableFuture<ByteString> response) {
        boolean comparable = report.getFormatVersion() == FORMAT_VERSION
                && report.getProgram() == program
                && report.getEvery() == policy.everyEntries();
        if (policy.isOn() && comparable) {
            var peer = peer(from);
            report.getPointsList().stream().limit(MAX_POINTS_TOLD).forEach(told -> {
                peer.add(HashPoint.of(told, machines));
                compare(from, peer, told.getIndex());
            });
        }
        // Who has this answer may take it that what it told was compared.
        response.complete(Response.newBuilder()
                .setDivergence(DivergenceAnswer.newBuilder().setCompares(policy.isOn()))
                .build()
                .toByteString());
    }

    /** Any thread: another member asks for the results of single entries. */
    public void asked(ResultsQuestion question, CompletableFuture<ByteString> response) {
        if (!policy.isOn()) {
            // Nothing is known here, and nobody looks it up: a question without an end would take the place of others.
            response.complete(Response.newBuilder()
                    .setResults(ResultsAnswer.getDefaultInstance())
                    .build()
                    .toByteString());
            return;
        }
        results.lookUp(
                question.getBehindIndex(),
                question.getLastIndex(),
                slice -> response.complete(Response.newBuilder()
                        .setResults(ResultsAnswer.newBuilder()
                                .setFirstIndex(slice.firstIndex())
                                .addAllHashes(
                                        LongStream.of(slice.hashes()).boxed().toList()))
                        .build()
                        .toByteString()));
    }

    /** Any thread: what is not the same, one for each state machine at most. */
    public List<Divergence> found() {
        return findings.all();
    }

    /** What is known by now. */
    public State state() {
        long newest = own.isEmpty() ? 0 : own.lastKey();
        long now = links.self().nowNanos();
        boolean told = others().allMatch(id -> peer(id).toldIndex() >= newest || peer(id).isSilent(now));
        return new State(newest, told && suspicions.isEmpty() && !applied.isUnderWay(), findings.all());
    }

    @Override
    public void connected(long peerId) {
        if (policy.isOn()) {
            peer(peerId).connected();
        }
    }

    @Override
    public void tick(long nowNanos) {
        if (!policy.isOn()) {
            return;
        }
        others().filter(id -> peer(id).mayBeTold(nowNanos)).forEach(id -> tell(id, peer(id)));
        for (Suspicion suspicion : List.copyOf(suspicions.values())) {
            settle(suspicion, nowNanos);
        }
    }

    @Override
    public void end(String why) {
        applied.end();
    }

    private PeerHashes peer(long id) {
        return peers.computeIfAbsent(id, unused -> new PeerHashes());
    }

    private Stream<Long> others() {
        var state = links.inForce().state();
        return Stream.of(state.getVotersList(), state.getVotersOutgoingList(), state.getLearnersList())
                .flatMap(List::stream)
                .distinct()
                .filter(id -> id != links.self().nodeId());
    }

    private void tell(long id, PeerHashes peer) {
        var points = own.tailMap(peer.toldIndex(), false).values().stream()
                .limit(MAX_POINTS_TOLD)
                .toList();
        if (points.isEmpty()) {
            return;
        }
        var report = DivergenceReport.newBuilder()
                .setFormatVersion(FORMAT_VERSION)
                .setProgram(program)
                .setEvery(policy.everyEntries());
        points.forEach(point -> report.addPoints(point.toProto()));
        long lastIndex = points.get(points.size() - 1).index();
        peer.asked();
        ask(id, Request.newBuilder().setDivergence(report).build(), answer -> {
            if (answer != null && answer.getDivergence().getCompares()) {
                peer.took(lastIndex);
            } else {
                peer.failed(links.self().nowNanos(), links.self().electionTimeoutNanos());
            }
        });
    }

    /** @param then on the raft stage, with null if there is no answer, or none that can be read */
    private void ask(long id, Request request, Consumer<@Nullable Response> then) {
        var unused = transport
                .request(id, request.toByteString(), links.self().electionTimeout())
                .whenComplete((bytes, failure) -> links.tasks().execute(() -> then.accept(response(bytes))));
    }

    private static @Nullable Response response(@Nullable ByteString bytes) {
        try {
            return bytes == null ? null : Response.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private void compare(long peerId, PeerHashes peer, long index) {
        var here = own.get(index);
        var there = peer.at(index);
        if (here == null || there == null) {
            return;
        }
        here.machines().forEach((machine, hashes) -> {
            var others = there.machines().get(machine);
            if (others == null) {
                return;
            }
            var difference = hashes.difference(others);
            if (difference != null) {
                suspect(machine, difference, peerId, peer.agreedIndex(machine), index);
            } else if (hashes.isAlike(others)) {
                peer.agreed(machine, index);
                lookWhetherHealed(machine, index);
            }
        });
    }

    private void suspect(String machine, What what, long peerId, long agreedIndex, long index) {
        if (findings.isKnown(machine) || suspicions.containsKey(machine)) {
            return;
        }
        var suspicion = new Suspicion(
                machine, what, peerId, agreedIndex, index, links.self().nowNanos());
        suspicions.put(machine, suspicion);
        long behind = Math.max(agreedIndex, index - policy.everyEntries());
        results.lookUp(behind, index, slice -> links.tasks().execute(() -> suspicion.ownResults(slice)));
        if (what != What.RESULT || index == agreedIndex + 1) {
            suspicion.peerAnswered(ResultsAnswer.getDefaultInstance());
            return;
        }
        var question = ResultsQuestion.newBuilder().setBehindIndex(behind).setLastIndex(index);
        ask(
                peerId,
                Request.newBuilder().setResults(question).build(),
                answer -> suspicion.peerAnswered(
                        answer == null ? ResultsAnswer.getDefaultInstance() : answer.getResults()));
    }

    private void settle(Suspicion suspicion, long nowNanos) {
        boolean complete = suspicion.isExamined()
                && others().allMatch(id -> peer(id).at(suspicion.index) != null || peer(id).isSilent(nowNanos));
        long patienceNanos = PATIENCE_ELECTION_TIMEOUTS * links.self().electionTimeoutNanos();
        if (complete || nowNanos - suspicion.sinceNanos > patienceNanos) {
            suspicions.remove(suspicion.machine);
            findings.add(suspicion.tell(hashes(suspicion)));
        }
    }

    private Map<Long, String> hashes(Suspicion suspicion) {
        var found = new TreeMap<Long, String>();
        put(found, links.self().nodeId(), own.get(suspicion.index), suspicion);
        peers.forEach((id, peer) -> put(found, id, peer.at(suspicion.index), suspicion));
        return found;
    }

    private static void put(Map<Long, String> found, long id, @Nullable HashPoint point, Suspicion suspicion) {
        var hashes = point == null ? null : point.machines().get(suspicion.machine);
        if (hashes != null && hashes.of(suspicion.what) != Hash64.NONE) {
            found.put(id, String.format(Locale.ROOT, "%016x", hashes.of(suspicion.what)));
        }
    }

    /**
     * A state that was found to differ does not any more when all members that it names are alike at one index. A result that
     * differed stays found: the command may do so again.
     */
    private void lookWhetherHealed(String machine, long index) {
        for (Divergence divergence : findings.all()) {
            if (divergence.machine().equals(machine)
                    && divergence.what() != What.RESULT
                    && index > divergence.index()
                    && divergence.hashes().keySet().stream().allMatch(id -> isAlike(id, machine, index))) {
                findings.healed(machine, index);
            }
        }
    }

    private boolean isAlike(long id, String machine, long index) {
        return id == links.self().nodeId() || peer(id).agreedIndex(machine) >= index;
    }
}
