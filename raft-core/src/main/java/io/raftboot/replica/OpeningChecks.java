package io.raftboot.replica;

import io.raftboot.replica.ReplicaStartException.Problem;
import io.raftboot.replica.config.MemoryBudget;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.Disk;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens port and directory of a member, or says what stands in the way and what to do about it. Nothing stays open behind a failure. */
final class OpeningChecks {
    private static final Logger log = LoggerFactory.getLogger(OpeningChecks.class);

    /** How systems say that a socket can't have an address; there is no type for it. */
    private static final String NOT_LOCAL = "assign requested address";

    private OpeningChecks() {}

    /** First of all: who starts a member twice uses its port twice as well, and wants to be told the cause. */
    static void checkUnlocked(ReplicaConfig config, Disk disk) {
        try {
            MemberStorage.checkUnlocked(disk, config.dataDir());
        } catch (StorageOpenException e) {
            throw new ReplicaStartException(Problem.DIRECTORY_LOCKED, "" + e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(config, e);
        }
    }

    private static ReplicaStartException unreadable(ReplicaConfig config, IOException e) {
        return new ReplicaStartException(
                Problem.INPUT_OUTPUT, "the data directory " + config.dataDir() + " can't be opened: " + e, e);
    }

    static void checkPort(Transport transport) {
        try {
            transport.checkPort();
        } catch (UnknownHostException e) {
            throw new ReplicaStartException(
                    Problem.HOST_UNKNOWN,
                    e.getMessage()
                            + ". Correct the host of this member's own entry in raft.peers, or write the address to"
                            + " listen on into raft.transport.address",
                    e);
        } catch (BindException e) {
            if (String.valueOf(e.getMessage()).contains(NOT_LOCAL)) {
                throw new ReplicaStartException(
                        Problem.ADDRESS_NOT_LOCAL,
                        e.getMessage()
                                + ": no network interface of this machine has that address, as in a container that is"
                                + " reached under another one. Write the address to listen on into raft.transport.address,"
                                + " 0.0.0.0 for all",
                        e);
            }
            throw new ReplicaStartException(
                    Problem.PORT_IN_USE,
                    e.getMessage() + "; stop what uses the port, or give this member another one in raft.peers or"
                            + " raft.transport.port",
                    e);
        } catch (IOException e) {
            throw new ReplicaStartException(
                    Problem.INPUT_OUTPUT, "the raft port can't be opened: " + e.getMessage(), e);
        }
    }

    static MemberStorage openStorage(ReplicaConfig config, ProcessParts process) {
        var peers = config.peers().stream().map(Peer::asRaftPeer).toList();
        var request = new IdentityRequest(config.clusterName(), config.group(), config.nodeId(), peers, config.join());
        var options = StorageOptions.defaults()
                .withSegmentSizeBytes(config.walSegmentSizeBytes())
                .withCacheSizeBytes(config.walCacheSizeBytes())
                .withMaxBatchSizeBytes(MemoryBudget.ofThisProcess().batchBytes())
                .withHost(process.host());
        try {
            var storage = MemberStorage.open(process.disk(), config.dataDir(), request, options);
            if (storage.isMoveUnfinished()) {
                storage.close();
                throw ReplicaStartException.ofUnfinishedRecovery(config.dataDir());
            }
            String removed = storage.identity().removed();
            if (removed != null) {
                storage.close();
                throw ReplicaStartException.ofRemoval(config.nodeId(), config.dataDir(), removed);
            }
            log.info(
                    "node {} of cluster '{}'{} keeps its log {}",
                    config.nodeId(),
                    config.clusterName(),
                    config.peers().size() <= 1 ? " is a cluster of one, whose data nobody else has, and" : "",
                    config.storage() == StorageKind.MEMORY ? "in memory only" : "in " + config.dataDir());
            return storage;
        } catch (StorageOpenException e) {
            throw new ReplicaStartException(problem(e.problem()), "" + e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(config, e);
        }
    }

    private static Problem problem(StorageOpenException.Problem problem) {
        return switch (problem) {
            case LOCKED -> Problem.DIRECTORY_LOCKED;
            case OTHER_NODE, OTHER_CLUSTER -> Problem.DIRECTORY_OF_ANOTHER_MEMBER;
            case PEERS_CHANGED -> Problem.PEERS_CHANGED;
            case CORRUPT -> Problem.DIRECTORY_CORRUPT;
            case UNSUPPORTED_VERSION -> Problem.DIRECTORY_OF_ANOTHER_VERSION;
        };
    }
}
