package io.raftboot.fuzz.targets;

import io.raftboot.fuzz.FuzzTarget;
import io.raftboot.replica.divergence.RequestTarget;
import io.raftboot.replica.machine.EnvelopeTarget;
import io.raftboot.replica.machine.SessionsTarget;
import io.raftboot.storage.log.BatchTarget;
import io.raftboot.storage.log.SegmentTarget;
import io.raftboot.storage.snapshot.SnapshotTarget;
import io.raftboot.transport.netty.handshake.HelloTarget;
import io.raftboot.transport.netty.wire.FrameTarget;
import java.util.List;

/** The decoders of raft-core that are given bytes of others, or of a disk. */
final class DecoderTargets {
    private DecoderTargets() {}

    static List<FuzzTarget> all() {
        return List.of(
                FrameTarget.withoutChecksums(),
                FrameTarget.withChecksums(),
                new HelloTarget(),
                new RequestTarget(),
                new EnvelopeTarget(),
                new SessionsTarget(),
                new BatchTarget(),
                new SegmentTarget(),
                new SnapshotTarget());
    }

    /** @throws IllegalArgumentException naming those there are */
    static FuzzTarget named(String name) {
        var all = all();
        return all.stream()
                .filter(target -> target.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no target '" + name + "', only "
                        + all.stream().map(FuzzTarget::name).toList()));
    }
}
