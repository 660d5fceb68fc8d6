package io.raftboot.benchmarks;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.raftboot.benchmarks.etcd.PutRequest;
import io.raftboot.benchmarks.etcd.PutResponse;
import io.raftboot.benchmarks.etcd.StatusRequest;
import io.raftboot.benchmarks.etcd.StatusResponse;
import io.raftboot.benchmarks.load.PutTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Writes into an etcd over its own protocol, with as little between as gRPC allows, so that etcd is what is measured: no
 * client library, answers handled on the connection's own thread, no deadline timers.
 */
final class EtcdClient implements PutTarget, AutoCloseable {
    private static final MethodDescriptor<PutRequest, PutResponse> PUT =
            MethodDescriptor.<PutRequest, PutResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("etcdserverpb.KV/Put")
                    .setRequestMarshaller(ProtoUtils.marshaller(PutRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(PutResponse.getDefaultInstance()))
                    .build();
    private static final MethodDescriptor<StatusRequest, StatusResponse> STATUS =
            MethodDescriptor.<StatusRequest, StatusResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("etcdserverpb.Maintenance/Status")
                    .setRequestMarshaller(ProtoUtils.marshaller(StatusRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(StatusResponse.getDefaultInstance()))
                    .build();

    private final List<ManagedChannel> channels = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    /** @param connections how many the writes are spread over */
    EtcdClient(String endpoint, int connections) {
        for (int i = 0; i < connections; i++) {
            channels.add(NettyChannelBuilder.forTarget("dns:///" + endpoint)
                    .usePlaintext()
                    .directExecutor()
                    .build());
        }
    }

    /** Whether the member at the other end leads. */
    boolean leads() {
        var status = ClientCalls.blockingUnaryCall(
                channels.get(0), STATUS, CallOptions.DEFAULT, StatusRequest.getDefaultInstance());
        return status.getLeader() != 0
                && status.getLeader() == status.getHeader().getMemberId();
    }

    @Override
    public void put(Put put, Listener listener) {
        byte[] command = put.command();
        var request = PutRequest.newBuilder()
                .setKey(UnsafeByteOperations.unsafeWrap(command, 0, KEY_SIZE_BYTES))
                .setValue(UnsafeByteOperations.unsafeWrap(command, KEY_SIZE_BYTES, command.length - KEY_SIZE_BYTES))
                .build();
        ClientCalls.asyncUnaryCall(channel().newCall(PUT, CallOptions.DEFAULT), request, new Observer(listener));
    }

    private ManagedChannel channel() {
        return channels.size() == 1
                ? channels.get(0)
                : channels.get(Math.floorMod(next.getAndIncrement(), channels.size()));
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }

    /** Reports the end of one write. */
    private record Observer(Listener listener) implements StreamObserver<PutResponse> {
        @Override
        public void onNext(PutResponse response) {
            // The write has ended only with the call: see onCompleted.
        }

        @Override
        public void onError(Throwable cause) {
            listener.done(message(cause));
        }

        @Override
        public void onCompleted() {
            listener.done(null);
        }

        private static String message(@Nullable Throwable cause) {
            return String.valueOf(cause);
        }
    }
}
