package io.raftboot.replica.membership;

import io.raftboot.agent.Completions;
import io.raftboot.api.event.EventType;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.RemovalNotice;
import io.raftboot.storage.MemberStorage;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom this member is connected to: tells the transport where the others are whenever that changes, and finds the cluster of a
 * member that has yet to. Any thread, but for what belongs to the ticker.
 */
public final class PeerConnections {
    private static final Logger log = LoggerFactory.getLogger(PeerConnections.class);

    private final Links links;
    private final MemberStorage storage;
    private final Transport transport;
    private final SystemMachine system;
    private final RejectedConnections refusals;
    private final PeerAddresses addresses;
    private final PeerPublication publication = new PeerPublication(this::publish);
    private final ClusterSearch search;
    private final Background background;

    /**
     * Who does what may take its time.
     *
     * @param completions runs what logs
     * @param disk writes what is learnt
     * @param onFailure told of what makes it impossible to go on
     * @param removal told if this member is one no more, or has not been one
     */
    public record Background(Completions completions, Executor disk, Consumer<Throwable> onFailure, Removal removal) {}

    public PeerConnections(
            Links links,
            ReplicaConfig config,
            MemberStorage storage,
            Transport transport,
            SystemMachine system,
            Background background) {
        this.links = links;
        this.storage = storage;
        this.transport = transport;
        this.system = system;
        this.background = background;
        this.refusals = new RejectedConnections(links.events());
        this.addresses = new PeerAddresses(config, refusals, links.self().clock(), background.completions());
        this.search = newSearch(transport);
    }

    private ClusterSearch newSearch(Transport over) {
        var self = links.self();
        return new ClusterSearch(
                addresses.configuredOthers(), over, refusals, self.clock(), self.electionTimeout(), new Finds());
    }

    /** Who does not accept whom. */
    public RejectedConnections refusals() {
        return refusals;
    }

    /** Where the members are may be another place now. */
    public void changed() {
        publication.changed();
    }

    /** Where the members are, for those that ask. */
    public List<MemberRecord> all() {
        return addresses.all(system.members());
    }

    /** A member that was let in has introduced itself. */
    public void introduced(RemoteMember remote) {
        if (addresses.met(remote.nodeId(), remote.process().advertisedAddress(), system.members())) {
            publication.changed();
        }
    }

    /** The other members whose address is known. */
    public Set<Long> known() {
        return addresses.of(system.members()).keySet();
    }

    /** Another member says where the members are; any thread. */
    void told(List<MemberRecord> told) {
        if (addresses.tell(told)) {
            publication.changed();
        }
    }

    /** Another member, which is there, knows this one with another directory; any thread. */
    public void otherDirectoryKnown(long peerId) {
        background.removal().otherDirectoryKnown(peerId);
    }

    /** Somebody was met while this member or the other one did not know its cluster. */
    public void met(RemoteMember remote) {
        search.met(remote);
    }

    /**
     * On the ticker.
     *
     * @param served whether this member leads, or hears of the one that does
     */
    public void tick(boolean served) {
        addresses.tick();
        if (storage.identity().clusterId() == 0) {
            search.decide();
        } else if (!served && links.inForce().state().getVotersCount() > 0) {
            // Who is in no configuration yet is told when it announces itself.
            search.ask(addresses.of(system.members()).keySet());
        }
    }

    private void publish() {
        var members = system.members();
        addresses.forgetTold(members);
        addresses.compare(members);
        transport.setPeerAddresses(addresses.of(members));
    }

    /** Durable first: whatever is said or written from then on is of this cluster. */
    private void learnClusterId(long clusterId) {
        try {
            storage.learnClusterId(clusterId);
        } catch (IOException | RuntimeException e) {
            background.onFailure().accept(e);
            return;
        }
        system.clusterIdLearned(clusterId);
        transport.clusterIdLearned(clusterId);
        links.events()
                .info(
                        log,
                        EventType.MEMBERS,
                        EventSink.NO_NODE,
                        "node {} has learned that its cluster is {}",
                        links.self().nodeId(),
                        Long.toHexString(clusterId));
    }

    /** What the search has found. */
    private final class Finds implements ClusterSearch.Found {
        @Override
        public void cluster(long id) {
            background.disk().execute(() -> learnClusterId(id));
        }

        @Override
        public void members(List<MemberRecord> told) {
            PeerConnections.this.told(told);
        }

        @Override
        public void removed(RemovalNotice notice) {
            background.removal().removed(notice);
        }
    }
}
