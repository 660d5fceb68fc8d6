package io.raftboot.transport.netty.snapshot;

import io.raftboot.raft.proto.Message;
import io.raftboot.transport.SnapshotSource;
import java.util.concurrent.CompletableFuture;

/**
 * A snapshot's file that is to be sent.
 *
 * @param message says to whom, and goes to the receiver behind the file
 * @param source closed when it is needed no longer
 * @param done completed when the receiver has all of it
 */
public record OutgoingFile(Message message, SnapshotSource source, CompletableFuture<Void> done) {}
