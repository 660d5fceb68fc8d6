package io.raftboot.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.replica.command.Commands;
import io.raftboot.replica.command.RemoteBatch;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.leader.LeaderContact;
import io.raftboot.replica.leader.TakeOverOrders;
import io.raftboot.replica.membership.PeerConnections;
import io.raftboot.replica.proto.MembersAnswer;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.space.SpacePolicy;
import io.raftboot.transport.TransportException;
import java.util.concurrent.CompletableFuture;

/** Answers what other members ask. On the transport's threads; waits for nothing. */
final class PeerRequests {
    private final Links links;
    private final Commands commands;
    private final SpacePolicy space;
    private final LeaderContact contact;
    private final TakeOverOrders orders;
    private final PeerConnections connections;
    private final int maxCommandSizeBytes;

    PeerRequests(
            Links links,
            Commands commands,
            SpacePolicy space,
            LeaderContact contact,
            TakeOverOrders orders,
            PeerConnections connections,
            int maxCommandSizeBytes) {
        this.links = links;
        this.commands = commands;
        this.space = space;
        this.contact = contact;
        this.orders = orders;
        this.connections = connections;
        this.maxCommandSizeBytes = maxCommandSizeBytes;
    }

    void answer(long from, ByteString payload, CompletableFuture<ByteString> response) {
        Request request;
        try {
            request = Request.parseFrom(payload);
        } catch (InvalidProtocolBufferException e) {
            response.completeExceptionally(e);
            return;
        }
        switch (request.getRequestCase()) {
            case SUBMIT -> commands.receive(new RemoteBatch(request.getSubmit(), maxCommandSizeBytes, response));
            case SPACE -> {
                boolean low = request.getSpace().getLow();
                links.tasks().execute(() -> space.told(from, low));
                response.complete(Response.getDefaultInstance().toByteString());
            }
            case LEADER -> links.tasks().execute(() -> contact.asked(from, request.getLeader(), response));
            case TRANSFER -> orders.ask(from, request.getTransfer().getTerm(), response);
            case MEMBERS ->
                response.complete(Response.newBuilder()
                        .setMembers(MembersAnswer.newBuilder().addAllMembers(connections.all()))
                        .build()
                        .toByteString());
            case REQUEST_NOT_SET ->
                response.completeExceptionally(
                        TransportException.maybeSent("a request that this version of the replica does not know"));
        }
    }
}
