package io.raftboot.replica.command;

import com.google.protobuf.ByteString;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.proto.Refusal;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.SubmitRequest;
import io.raftboot.replica.proto.SubmitResponse;
import io.raftboot.replica.proto.SubmitResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The commands of one request of another member; answered together once each has its result. Owned by the raft stage. */
public final class RemoteBatch {
    private final List<RemoteCommand> commands;
    private final SubmitResult[] results;
    private final CompletableFuture<ByteString> response;
    private final long sizeBytes;
    private int open;

    /**
     * @param maxCommandSizeBytes larger ones are refused here, one by one
     */
    public RemoteBatch(SubmitRequest request, int maxCommandSizeBytes, CompletableFuture<ByteString> response) {
        this.response = response;
        this.sizeBytes = request.getSerializedSize();
        this.open = request.getCommandsCount();
        this.results = new SubmitResult[open];
        this.commands = new ArrayList<>(open);
        if (open == 0) {
            complete();
        }
        for (int i = 0; i < request.getCommandsCount(); i++) {
            if (request.getCommands(i).getPayload().size() > maxCommandSizeBytes) {
                answer(
                        i,
                        SubmitResult.newBuilder()
                                .setRefusal(Refusal.REFUSAL_TOO_LARGE)
                                .build());
            } else {
                commands.add(new RemoteCommand(request.getCommands(i), request.getTerm(), this, i));
            }
        }
    }

    /** Those that are to be appended. */
    public List<RemoteCommand> commands() {
        return commands;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** Refuses in place of the raft stage, before it has any of them: none is appended. */
    void refuse(RefusalReason reason) {
        commands.forEach(command -> command.refuse(reason, ""));
    }

    /** Runs the action when all have their results, or at once. */
    void onceAnswered(Runnable action) {
        var unused = response.whenComplete((payload, failure) -> action.run());
    }

    void answer(int position, SubmitResult result) {
        results[position] = result;
        open--;
        if (open == 0) {
            complete();
        }
    }

    private void complete() {
        response.complete(Response.newBuilder()
                .setSubmit(SubmitResponse.newBuilder().addAllResults(List.of(results)))
                .build()
                .toByteString());
    }
}
