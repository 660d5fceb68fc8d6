package io.raftboot.replica.divergence;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.fuzz.FuzzTarget;
import io.raftboot.replica.proto.DivergenceReport;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.HashedMachine;
import io.raftboot.replica.proto.HashedPoint;
import io.raftboot.replica.proto.LeaderInquiry;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.ResultsQuestion;
import io.raftboot.replica.proto.SpaceReport;
import io.raftboot.replica.proto.SubmitRequest;
import java.util.List;
import java.util.Set;

/** What a member asks another one, with the hashes of its states as far as they are for this one. */
public final class RequestTarget implements FuzzTarget {
    private static final Set<String> MACHINES = Set.of("", "orders");
    private static final int OBJECTS_TO_BYTES = 200;
    private static final int FIXED_BYTES = 16 * 1024;

    private record Asked(Request request, List<HashPoint> points) {}

    @Override
    public String name() {
        return "request";
    }

    @Override
    public List<byte[]> seeds() {
        var point = HashedPoint.newBuilder()
                .setIndex(100)
                .addMachines(HashedMachine.newBuilder()
                        .setName("orders")
                        .setState(1)
                        .setSessions(2)
                        .setResults(3))
                .addMachines(HashedMachine.newBuilder().setState(4));
        var report = DivergenceReport.newBuilder()
                .setFormatVersion(1)
                .setProgram(5)
                .setEvery(10)
                .addPoints(point)
                .addPoints(point);
        var command = Envelope.newBuilder().setGroup("default").setPayload(ByteString.copyFromUtf8("x"));
        return List.of(
                Request.newBuilder().setDivergence(report).build().toByteArray(),
                Request.newBuilder()
                        .setSubmit(SubmitRequest.newBuilder()
                                .addCommands(command)
                                .addCommands(command)
                                .setTerm(3))
                        .build()
                        .toByteArray(),
                Request.newBuilder()
                        .setResults(ResultsQuestion.newBuilder().setLastIndex(7))
                        .build()
                        .toByteArray(),
                Request.newBuilder()
                        .setLeader(LeaderInquiry.newBuilder().setAppliedIndex(6))
                        .build()
                        .toByteArray(),
                Request.newBuilder()
                        .setSpace(SpaceReport.newBuilder().setLow(true))
                        .build()
                        .toByteArray());
    }

    @Override
    public Asked decode(byte[] input) throws Exception {
        var request = Request.parseFrom(input);
        return new Asked(
                request,
                request.getDivergence().getPointsList().stream()
                        .map(told -> HashPoint.of(told, MACHINES))
                        .toList());
    }

    @Override
    public boolean isDeclared(Throwable thrown) {
        return thrown instanceof InvalidProtocolBufferException;
    }

    @Override
    public void check(Object decoded) throws Exception {
        var asked = (Asked) decoded;
        if (!Request.parseFrom(asked.request().toByteArray()).equals(asked.request())) {
            throw new IllegalStateException("the request comes back as another");
        }
        for (HashPoint point : asked.points()) {
            if (!HashPoint.of(point.toProto(), MACHINES).equals(point)) {
                throw new IllegalStateException(point + " comes back as another");
            }
        }
    }

    @Override
    public String describe(Object decoded) {
        var asked = (Asked) decoded;
        return asked.request().getRequestCase() + " " + Math.min(asked.points().size(), 5);
    }

    @Override
    public long allowedBytes(int inputBytes) {
        return FIXED_BYTES + (long) OBJECTS_TO_BYTES * inputBytes;
    }
}
