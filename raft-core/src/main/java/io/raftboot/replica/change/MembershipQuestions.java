package io.raftboot.replica.change;

import com.google.protobuf.ByteString;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.membership.PeerConnections;
import io.raftboot.replica.membership.PeerIdentities;
import io.raftboot.replica.proto.JoinAnswer;
import io.raftboot.replica.proto.JoinRequest;
import io.raftboot.replica.proto.MembersAnswer;
import io.raftboot.replica.proto.MembershipRequest;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.transport.Transport;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Answers what other processes ask about the members: by itself, or as the leader; what is the leader's business is passed on to it
 * where whoever asks does not know it. Any thread.
 */
public final class MembershipQuestions {
    private final Links links;
    private final Transport transport;
    private final LeaderCalls.KnownLeader leader;
    private final MembershipDesk desk;
    private final PeerConnections connections;
    private final PeerIdentities identities;

    public MembershipQuestions(
            Links links,
            Transport transport,
            LeaderCalls.KnownLeader leader,
            MembershipDesk desk,
            PeerConnections connections,
            PeerIdentities identities) {
        this.links = links;
        this.transport = transport;
        this.leader = leader;
        this.desk = desk;
        this.connections = connections;
        this.identities = identities;
    }

    /** What is said to another process in place of any answer, because it was removed; null if it was not. */
    public @Nullable ByteString removalOf(long from) {
        var removal = links.inForce().isMember(from) ? null : identities.removalOf(from);
        return removal == null
                ? null
                : Response.newBuilder().setRemoved(removal).build().toByteString();
    }

    /** Somebody looks for the members. */
    public ByteString where(long from) {
        var answer = MembersAnswer.newBuilder().addAllMembers(connections.all());
        var removal = links.inForce().isMember(from) ? null : identities.earlierRemovalOf(from);
        if (removal != null) {
            answer.setRemoved(removal);
        }
        return Response.newBuilder().setMembers(answer).build().toByteString();
    }

    /** Somebody takes this member for the leader. */
    public void asked(MembershipRequest request, CompletableFuture<ByteString> response) {
        links.tasks()
                .execute(() -> desk.answer(
                        request,
                        answer -> response.complete(Response.newBuilder()
                                .setMembership(answer)
                                .build()
                                .toByteString())));
    }

    /** A process that is in no configuration says who it is, or another member passes that on. */
    public void joins(long from, JoinRequest request, CompletableFuture<ByteString> response) {
        boolean possible = request.getMember().getId() > 0
                && request.getMember().getIncarnation() != 0
                && (request.getPassedOn() || request.getMember().getId() == from);
        long to = leader.id();
        if (possible && to == links.self().nodeId()) {
            links.tasks().execute(() -> response.complete(answer(desk.joins(request.getMember()).toBuilder())));
        } else if (possible && to != 0 && !request.getPassedOn()) {
            passOn(to, request, response);
        } else {
            response.complete(answer(JoinAnswer.newBuilder()));
        }
    }

    private void passOn(long to, JoinRequest request, CompletableFuture<ByteString> response) {
        var passedOn = Request.newBuilder()
                .setJoin(request.toBuilder().setPassedOn(true))
                .build()
                .toByteString();
        var unused = transport
                .request(to, passedOn, links.self().electionTimeout())
                .whenComplete((answer, failure) ->
                        response.complete(answer == null ? answer(JoinAnswer.newBuilder()) : answer));
    }

    /** With where the members are: who joins may know one of them alone, and has asked it one thing already. */
    private ByteString answer(JoinAnswer.Builder answer) {
        return Response.newBuilder()
                .setJoin(answer.addAllMembers(connections.all()))
                .build()
                .toByteString();
    }
}
