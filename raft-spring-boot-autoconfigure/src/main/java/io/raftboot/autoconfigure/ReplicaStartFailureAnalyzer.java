package io.raftboot.autoconfigure;

import io.raftboot.autoconfigure.properties.WrittenText;
import io.raftboot.replica.ReplicaStartException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Says what to do when a member finds its port, its directory or its state machines unfit. */
final class ReplicaStartFailureAnalyzer extends AbstractFailureAnalyzer<ReplicaStartException> {
    private final @Nullable Environment environment;

    /** @param environment that of the application; null where there is none yet */
    ReplicaStartFailureAnalyzer(@Nullable Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ReplicaStartException cause) {
        return new FailureAnalysis(
                "This raft member can't start: " + cause.getMessage()
                        + WrittenText.of(RaftProperties.class, environment, properties(cause.problem())),
                action(cause.problem()),
                cause);
    }

    private static List<String> properties(ReplicaStartException.Problem problem) {
        return switch (problem) {
            case PORT_IN_USE, HOST_UNKNOWN, ADDRESS_NOT_LOCAL ->
                List.of("raft.node-id", "raft.peers", "raft.transport.address", "raft.transport.port");
            case DIRECTORY_LOCKED, DIRECTORY_CORRUPT, DIRECTORY_OF_ANOTHER_VERSION, INPUT_OUTPUT ->
                List.of("raft.data-dir");
            case DIRECTORY_OF_ANOTHER_MEMBER, PEERS_CHANGED, STATE_OF_ANOTHER, REMOVED ->
                List.of("raft.data-dir", "raft.node-id", "raft.cluster-name", "raft.peers");
            case ENTRY_SKIP -> List.of("raft.apply.skip");
            case STATE_MACHINE, STOPPED -> List.of();
        };
    }

    private static String action(ReplicaStartException.Problem problem) {
        return switch (problem) {
            case PORT_IN_USE ->
                "Stop what listens there, or write a free port into raft.transport.port, or into this member's entry"
                        + " in raft.peers on all members.";
            case HOST_UNKNOWN ->
                "Correct the host in this member's entry in raft.peers, or write the address to listen on into"
                        + " raft.transport.address (0.0.0.0 for all). If the name only takes longer to become known, raise"
                        + " raft.transport.host-timeout.";
            case ADDRESS_NOT_LOCAL ->
                "Write an address of this machine into raft.transport.address, or 0.0.0.0 for all; raft.peers keeps the"
                        + " one under which the others reach this member.";
            case DIRECTORY_LOCKED ->
                "Stop what holds it, another process or, in this one, another application context, or wait for the thread that the message names; or write a directory of this"
                        + " member alone into raft.data-dir.";
            case DIRECTORY_OF_ANOTHER_MEMBER ->
                "Write this member's own directory into raft.data-dir, or into raft.node-id, raft.cluster-name and"
                        + " raft.peers what the directory was made with.";
            case DIRECTORY_CORRUPT ->
                "Do not delete single files, and do not start it with an empty directory: the other members would refuse"
                        + " it. They go on without this one as long as they are a majority. Bring back the newest whole"
                        + " copy of the directory, or see docs/operations.md for what else can be done.";
            case DIRECTORY_OF_ANOTHER_VERSION ->
                "The directory is whole: leave it as it is, and start this member with the version of the library that"
                        + " wrote it.";
            case PEERS_CHANGED ->
                "Write into raft.peers what the directory was made with, or write an empty directory into"
                        + " raft.data-dir if what is in this one is not needed. If it was made by mistake by a member alone,"
                        + " docs/operations.md says how what is in it becomes the beginning of a cluster.";
            case STATE_MACHINE -> "Repair the state machine that is named; log and snapshots are as they were.";
            case STATE_OF_ANOTHER ->
                "Give this member and each of its state machines a database of its own (spring.datasource.url, or what the"
                        + " application makes it of), or raft.data-dir, raft.node-id and raft.cluster-name what they were when"
                        + " the database was made. Nothing was changed.";
            case ENTRY_SKIP -> "Write the same raft.apply.skip on all members, and only what none of them has applied.";
            case REMOVED -> "Leave it stopped; or move the directory away, start it to join, and add its id anew.";
            case STOPPED -> "Nothing is wrong: the application was closed before the member was up.";
            case INPUT_OUTPUT -> "Check that raft.data-dir can be written and has space.";
        };
    }
}
