package io.raftboot.liars;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.fuzz.Mutator;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.replica.divergence.RequestTarget;
import io.raftboot.storage.proto.SnapshotDescriptor;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Request;
import io.raftboot.transport.proto.Response;
import io.raftboot.transport.proto.SnapshotChunk;
import io.raftboot.transport.proto.SnapshotOffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/** Makes up what a member might be told, the same for the same seed and the same group. */
final class Lies {
    private static final List<MessageType> TYPES = List.of(MessageType.values());
    private static final long[] ODD = {
        0, 1, 2, -1, -2, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2 + 1, 1L << 40, 1L << 33
    };
    private static final int MOST_MESSAGES = 4;
    private static final int LONGEST_DATA_BYTES = 300;

    private final SplittableRandom random;
    private final Mutator mutator;
    private final long liar;
    private final List<byte[]> requests = new RequestTarget().seeds();

    /** The group as it is: what is said is near to what might be true. */
    record Present(long target, long term, long lastIndex) {}

    Lies(long seed, long liar) {
        this.random = new SplittableRandom(seed);
        this.mutator = new Mutator(seed);
        this.liar = liar;
    }

    SplittableRandom random() {
        return random;
    }

    byte[] bytes(int most) {
        byte[] bytes = new byte[1 + random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The same bytes, changed in a few places. */
    byte[] changed(byte[] bytes) {
        return mutator.next(List.of(bytes));
    }

    /** The content of a frame of a stream: one that is as it should be but for what it says, or bytes that come near to one. */
    byte[] frame(Present present) {
        byte[] said = bare(present).toByteArray();
        if (random.nextBoolean()) {
            said = mutator.next(List.of(said, bare(present).toByteArray()));
        }
        return isBelieved(said, present) ? new byte[0] : said;
    }

    private Frame bare(Present present) {
        var frame = Frame.newBuilder();
        for (int i = random.nextInt(MOST_MESSAGES); i > 0; i--) {
            frame.addMessages(message(present));
        }
        if (random.nextInt(3) == 0) {
            byte[] payload = mutator.next(requests);
            frame.addRequests(Request.newBuilder().setId(random.nextInt(5)).setPayload(ByteString.copyFrom(payload)));
        }
        if (random.nextInt(8) == 0) {
            frame.addResponses(
                    Response.newBuilder().setId(number(3)).setPayload(ByteString.copyFrom(bytes(LONGEST_DATA_BYTES))));
        }
        if (random.nextInt(8) == 0) {
            frame.getSnapshotInvitationBuilder().setTicket(random.nextLong());
        }
        if (random.nextInt(8) == 0) {
            frame.setGroup((int) number(2));
        }
        return frame.build();
    }

    private static boolean isBelieved(byte[] content, Present present) {
        try {
            return Believed.in(Frame.parseFrom(content), present.term());
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private Message message(Present present) {
        var message = Message.newBuilder()
                .setType(TYPES.get(random.nextInt(TYPES.size())))
                .setFrom(random.nextInt(8) == 0 ? number(liar) : liar)
                .setTo(random.nextInt(16) == 0 ? number(liar) : present.target())
                .setTerm(random.nextInt(4) == 0 ? number(present.term()) : present.term())
                .setLogTerm(number(present.term()))
                .setIndex(number(present.lastIndex()))
                .setCommit(number(present.lastIndex()))
                .setReject(random.nextBoolean())
                .setRejectHint(number(present.lastIndex()));
        long index = message.getIndex();
        for (int i = random.nextInt(3); i > 0; i--) {
            index = random.nextInt(4) == 0 ? number(present.lastIndex()) : index + 1;
            message.addEntries(Entry.newBuilder()
                    .setType(EntryType.forNumber(random.nextInt(3)))
                    .setIndex(index)
                    .setTerm(number(present.term()))
                    .setData(ByteString.copyFrom(bytes(LONGEST_DATA_BYTES))));
        }
        if (random.nextInt(4) == 0) {
            message.setContext(
                    random.nextBoolean()
                            ? ByteString.copyFromUtf8("CampaignTransfer")
                            : ByteString.copyFrom(bytes(LONGEST_DATA_BYTES)));
        }
        if (random.nextInt(8) == 0) {
            message.setSnapshot(snapshot(present, number(100)));
        }
        if (random.nextInt(16) == 0) {
            message.addResponses(Message.newBuilder()
                    .setType(MessageType.MSG_STORAGE_APPEND_RESP)
                    .setIndex(present.lastIndex()));
        }
        return message.build();
    }

    /** What a file is offered with, as the content of a frame. */
    byte[] offer(Present present) {
        long length = number(2000);
        var message = message(present).toBuilder()
                .setType(MessageType.MSG_SNAP)
                .setFrom(liar)
                .setTo(present.target())
                .setTerm(present.term())
                .clearEntries()
                .clearResponses()
                .setSnapshot(snapshot(present, length));
        byte[] offer = Frame.newBuilder()
                .setSnapshotOffer(SnapshotOffer.newBuilder()
                        .setMessage(message)
                        .setLength(random.nextInt(4) == 0 ? number(2000) : length))
                .build()
                .toByteArray();
        return random.nextInt(4) == 0 ? changed(offer) : offer;
    }

    /** A part of a file, or the end of it, as the content of a frame. */
    byte[] part(long offset) {
        if (random.nextInt(6) == 0) {
            var end = Frame.newBuilder();
            end.getSnapshotEndBuilder();
            return end.build().toByteArray();
        }
        byte[] data = bytes(2000);
        var crc = new CRC32C();
        crc.update(data);
        byte[] part = Frame.newBuilder()
                .setSnapshotChunk(SnapshotChunk.newBuilder()
                        .setOffset(random.nextInt(4) == 0 ? number(offset) : offset)
                        .setCrc32C(random.nextInt(4) == 0 ? random.nextInt() : (int) crc.getValue())
                        .setData(ByteString.copyFrom(data)))
                .build()
                .toByteArray();
        return random.nextInt(4) == 0 ? changed(part) : part;
    }

    private Snapshot snapshot(Present present, long length) {
        var voters = ConfState.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            voters.addVoters(random.nextInt(4) == 0 ? number(i) : i);
        }
        return Snapshot.newBuilder()
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(number(present.lastIndex() + 10))
                        .setTerm(random.nextInt(4) == 0 ? number(present.term()) : present.term())
                        .setConfState(voters))
                .setData(SnapshotDescriptor.newBuilder()
                        .setId(random.nextLong())
                        .setLength(length)
                        .build()
                        .toByteString())
                .build();
    }

    /** Around that one, or far from it. */
    long number(long near) {
        return random.nextInt(3) > 0 ? near + random.nextInt(5) - 2 : ODD[random.nextInt(ODD.length)];
    }

    /** Several of those. */
    List<byte[]> frames(Present present, int count) {
        var frames = new ArrayList<byte[]>();
        for (int i = 0; i < count; i++) {
            frames.add(frame(present));
        }
        return frames;
    }
}
