package io.raftboot.replica.space;

import com.google.protobuf.ByteString;
import io.raftboot.api.TransferOutcome;
import io.raftboot.api.event.EventSeverity;
import io.raftboot.api.event.EventType;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.leader.HandOver;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.SpaceReport;
import io.raftboot.replica.snapshot.DiskRoom;
import io.raftboot.transport.Transport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a group does when disks fill up. Members tell each other while they have little room; a leader that has little hands
 * over to one that has more. Where there is none, or a majority would be left without room, the leader refuses commands,
 * so that what there is stays for what must go on; reads go on, and all is as before when room is back. Owned by the raft
 * stage.
 */
public final class SpacePolicy implements Duty {
    /** What a member said about its disk is forgotten after so many times the interval in which it repeats that. */
    private static final int LOST_REPORTS = 5;

    /** Reports between two attempts to hand over, and between two to shorten the log. */
    private static final int REPORTS_BETWEEN_ATTEMPTS = 10;

    private static final int SCARCE_BELOW_LOW_MARKS = 2;

    private final Links links;
    private final Leadership leadership;
    private final HandOver transfer;
    private final Transport transport;
    private final Runnable shortenLog;
    private final Map<Long, Long> lowUntilNanos = new HashMap<>();
    private SpaceWatch.@Nullable Report own;
    private int reportsSinceAttempt;
    private boolean handOverFailed;
    private @Nullable String refusal;

    /** @param shortenLog asks for a snapshot */
    public SpacePolicy(
            Links links, Leadership leadership, HandOver transfer, Transport transport, Runnable shortenLog) {
        this.links = links;
        this.leadership = leadership;
        this.transfer = transfer;
        this.transport = transport;
        this.shortenLog = shortenLog;
    }

    /** Why the leader refuses commands now; null if it does not. */
    @Nullable
    public String refusal() {
        return refusal;
    }

    /** Whether a member, this one or another, has told lately that its disk has little room. */
    public boolean isLow(long id) {
        return id == links.self().nodeId() ? isLow() : lowUntilNanos.containsKey(id);
    }

    /** Whether this member has little room. */
    boolean isLow() {
        return own != null && own.low();
    }

    public DiskRoom room() {
        var report = own;
        if (report == null) {
            return DiskRoom.ENOUGH;
        }
        if (report.low()) {
            return DiskRoom.LITTLE;
        }
        return report.usableBytes() / SCARCE_BELOW_LOW_MARKS < report.lowMarkBytes()
                ? DiskRoom.SCARCE
                : DiskRoom.ENOUGH;
    }

    /** Another member says whether it has little room. */
    public void told(long peerId, boolean low) {
        if (low) {
            lowUntilNanos.put(
                    peerId,
                    links.self().nowNanos() + LOST_REPORTS * links.self().electionTimeoutNanos());
        } else {
            lowUntilNanos.remove(peerId);
        }
        decide();
    }

    /** How this member's own disk is. */
    public void seen(SpaceWatch.Report report) {
        long nowNanos = links.self().nowNanos();
        boolean was = isLow();
        own = report;
        note(was, report);
        lowUntilNanos.values().removeIf(until -> nowNanos - until >= 0);
        if (report.low() || was) {
            members(links.inForce().state()).forEach(this::tell);
        }
        if (!report.low() || !was) {
            reportsSinceAttempt = 0;
        }
        if (report.low() && reportsSinceAttempt++ % REPORTS_BETWEEN_ATTEMPTS == 0) {
            shortenLog.run();
            handOver(nowNanos);
        }
        decide();
    }

    /** The other member may not know yet. */
    @Override
    public void connected(long peerId) {
        if (isLow()) {
            tell(peerId);
        }
    }

    @Override
    public void leaderChanged() {
        handOverFailed = false;
        if (isLow()) {
            handOver(links.self().nowNanos());
        }
        decide();
    }

    private void handOver(long nowNanos) {
        if (!leadership.leads()) {
            return;
        }
        var future = new CompletableFuture<TransferOutcome>();
        // Completed on this stage.
        var unused = future.thenAccept(
                outcome -> handOverFailed = leadership.leads() && !(outcome instanceof TransferOutcome.Transferred));
        transfer.requestToAny(id -> !lowUntilNanos.containsKey(id), future, nowNanos);
    }

    private void note(boolean was, SpaceWatch.Report report) {
        if (report.low() && !was) {
            links.events()
                    .add(
                            EventType.DISK,
                            EventSeverity.ERROR,
                            links.self().nodeId(),
                            "low",
                            "only " + report.usableBytes() + " bytes are left on the disk of node "
                                    + links.self().nodeId() + ", less than " + report.lowMarkBytes()
                                    + ": commands are refused if no other member can lead; make room");
        } else if (was && !report.low()) {
            links.events()
                    .note(
                            EventType.DISK,
                            links.self().nodeId(),
                            "there is room on the disk of node {} again",
                            links.self().nodeId());
        }
    }

    private void decide() {
        boolean refused = refusal != null;
        refusal = leadership.leads() ? reason() : null;
        if (!refused && refusal != null) {
            links.events()
                    .add(
                            EventType.DISK,
                            EventSeverity.ERROR,
                            EventSink.NO_NODE,
                            "refusal",
                            "commands are refused: " + refusal);
        } else if (refused && refusal == null && leadership.leads()) {
            links.events().note(EventType.DISK, EventSink.NO_NODE, "commands are taken again: the disks have room");
        }
    }

    private @Nullable String reason() {
        var voters = links.inForce().voters();
        var low = new HashSet<>(lowUntilNanos.keySet());
        var report = own;
        if (report != null && report.low()) {
            low.add(links.self().nodeId());
            boolean nobodyElse = voters.all(low::contains);
            if (nobodyElse || handOverFailed) {
                return "the leader, node " + links.self().nodeId() + ", has only " + report.usableBytes()
                        + " bytes left on its disk, less than " + report.lowMarkBytes()
                        + ", and no other member can lead in its place; make room on the disks";
            }
        }
        if (!voters.majority(id -> !low.contains(id))) {
            return "the disks of the members " + low.stream().sorted().toList()
                    + " are nearly full, and the others are no majority; make room on the disks";
        }
        return null;
    }

    private void tell(long peerId) {
        var request = Request.newBuilder()
                .setSpace(SpaceReport.newBuilder().setLow(isLow()))
                .build();
        CompletableFuture<ByteString> unused =
                transport.request(peerId, request.toByteString(), links.self().electionTimeout());
    }

    private Stream<Long> members(ConfState configuration) {
        return Stream.of(
                        configuration.getVotersList(),
                        configuration.getVotersOutgoingList(),
                        configuration.getLearnersList())
                .flatMap(List::stream)
                .distinct()
                .filter(id -> id != links.self().nodeId());
    }
}
