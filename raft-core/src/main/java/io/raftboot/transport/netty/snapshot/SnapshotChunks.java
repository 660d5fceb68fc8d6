package io.raftboot.transport.netty.snapshot;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.SnapshotChunk;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The pieces a snapshot's file travels in. TCP's checksum is too weak for files of gigabytes. */
public final class SnapshotChunks {
    private SnapshotChunks() {}

    /** A frame that shares the memory of {@code data}: to be encoded before that is used again. */
    public static Frame frame(long offset, ByteBuffer data) {
        return Frame.newBuilder()
                .setSnapshotChunk(SnapshotChunk.newBuilder()
                        .setOffset(offset)
                        .setCrc32C(checksum(data.duplicate()))
                        .setData(UnsafeByteOperations.unsafeWrap(data)))
                .build();
    }

    static boolean isIntact(SnapshotChunk chunk) {
        ByteString data = chunk.getData();
        return !data.isEmpty() && checksum(data.asReadOnlyByteBuffer()) == chunk.getCrc32C();
    }

    private static int checksum(ByteBuffer data) {
        CRC32C checksum = new CRC32C();
        checksum.update(data);
        return (int) checksum.getValue();
    }
}
