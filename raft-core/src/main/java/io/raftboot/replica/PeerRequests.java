package io.raftboot.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.replica.change.MembershipQuestions;
import io.raftboot.replica.command.Commands;
import io.raftboot.replica.command.RemoteBatch;
import io.raftboot.replica.divergence.DivergenceExchange;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.leader.LeaderContact;
import io.raftboot.replica.leader.TakeOverOrders;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.report.PeerReports;
import io.raftboot.replica.space.SpacePolicy;
import io.raftboot.transport.TransportException;
import java.util.concurrent.CompletableFuture;

/** Answers what other members ask. On the transport's threads; waits for nothing. */
final class PeerRequests {
    private final Links links;
    private final Asked asked;
    private final int maxCommandSizeBytes;

    /** Whose business it is what others ask. */
    record Asked(
            Commands commands,
            SpacePolicy space,
            LeaderContact contact,
            TakeOverOrders orders,
            MembershipQuestions membership,
            DivergenceExchange divergence,
            PeerReports reports) {}

    PeerRequests(Links links, Asked asked, int maxCommandSizeBytes) {
        this.links = links;
        this.asked = asked;
        this.maxCommandSizeBytes = maxCommandSizeBytes;
    }

    void answer(long from, ByteString payload, CompletableFuture<ByteString> response) {
        var removal = asked.membership().removalOf(from);
        if (removal != null) {
            response.complete(removal);
            return;
        }
        Request request;
        try {
            request = Request.parseFrom(payload);
        } catch (InvalidProtocolBufferException e) {
            response.completeExceptionally(e);
            return;
        }
        switch (request.getRequestCase()) {
            case SUBMIT ->
                asked.commands().receive(new RemoteBatch(request.getSubmit(), maxCommandSizeBytes, response));
            case SPACE -> {
                boolean low = request.getSpace().getLow();
                links.tasks().execute(() -> asked.space().told(from, low));
                response.complete(Response.getDefaultInstance().toByteString());
            }
            case LEADER -> links.tasks().execute(() -> asked.contact().asked(from, request.getLeader(), response));
            case TRANSFER -> asked.orders().ask(from, request.getTransfer().getTerm(), response);
            case MEMBERS -> response.complete(asked.membership().where(from));
            case MEMBERSHIP -> asked.membership().asked(request.getMembership(), response);
            case JOIN -> asked.membership().joins(from, request.getJoin(), response);
            case DIVERGENCE ->
                links.tasks().execute(() -> asked.divergence().told(from, request.getDivergence(), response));
            case RESULTS -> asked.divergence().asked(request.getResults(), response);
            case REPORT -> asked.reports().asked(request.getReport(), response);
            case REQUEST_NOT_SET ->
                response.completeExceptionally(TransportException.maybeSent(PeerReports.UNKNOWN_REQUEST));
        }
    }
}
