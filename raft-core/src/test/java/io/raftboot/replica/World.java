package io.raftboot.replica;

import io.raftboot.api.StateMachine;
import io.raftboot.proof.Proof;
import io.raftboot.proof.Sometimes;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.config.Peer;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.simulation.Simulation;
import io.raftboot.simulation.network.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Real members of one group in one thread, their network, their disks, their clients and their operator, from one seed, and what can
 * be done to them. Ids are never given twice; who was removed may come back, with an empty directory or with its own.
 */
final class World {
    /** With what begins what is said of members that are not alike. */
    static final String DIVERGES = "members are not alike: ";

    private final Simulation simulation;
    private final Mix mix;
    private final Ways ways;
    private final Held held;
    private final Proof proof = new Proof();
    private final @Nullable Watcher watcher;
    private final StoreModel model = new StoreModel();
    private final StoreClients clients;
    private final Operator operator;
    private final Arrivals arrivals;
    private final MembershipWatch membership;
    private final Places places = new Places();
    private final Certificates certificates;
    private final TreeMap<Long, SimulatedMember> members = new TreeMap<>();
    private final Seams seams;

    /** Switched off for good, as far as they know. */
    private final Set<Long> dismissed = new TreeSet<>();

    /** Those that are not to come back before everything is made well. */
    private final Set<Long> vanished = new TreeSet<>();

    private final List<String> found = new ArrayList<>();
    private long lastId;

    /** What a run is held to. */
    enum Held {
        EVERYTHING,
        /** What clients were told, and nothing that only those know who look into members. */
        HISTORY,
        /** What members find who compare their states, which those of a machine with an order of its own are. */
        DIVERGENCE
    }

    /** @param differing where its members differ from the product; null for nowhere but in how soon one is taken for dead */
    World(long seed, Held held, @Nullable Seams differing, Emphasis emphasis) {
        this.held = held;
        simulation = new Simulation(seed);
        mix = new Mix(simulation.random(), emphasis);
        seams = differing == null ? new EarlyDeaths(mix) : differing;
        certificates = new Certificates(simulation, this, mix.tls());
        ways = mix.wired()
                ? new WiredWays(simulation, mix.transportOptions(), places::of, certificates::next)
                : new MessageWays(simulation, mix.electionTimeout().toNanos());
        watcher = held == Held.EVERYTHING ? new Watcher(simulation, proof) : null;
        arrivals = new Arrivals(simulation, this);
        operator = new Operator(simulation, this);
        membership = new MembershipWatch(this);
        if (held == Held.EVERYTHING) {
            simulation.events().afterEach(membership::look);
        }
        clients = new StoreClients(simulation, mix, model, this::up);
        var first = new ArrayList<Long>();
        for (long id = 1; id <= mix.size(); id++) {
            first.add(newId());
        }
        for (long id : first) {
            members.put(id, newMember(id, setting(id, first, false)));
        }
    }

    /** Waiting for the hours that a member has to be silent would take all steps. */
    private record EarlyDeaths(Mix mix) implements Seams {
        @Override
        public @Nullable Duration deadAfter(MembershipPolicy policy) {
            return mix.deadAfter();
        }
    }

    private SimulatedMember newMember(long id, SimulatedMember.Setting setting) {
        var member = new SimulatedMember(id, simulation, ways.transports(), setting);
        if (watcher != null) {
            member.watchBy(watcher);
        }
        member.whenRemoved((incarnation, how) -> removed(member, incarnation, how));
        return member;
    }

    /** It has ended by itself; who may act as leader must not count on that very directory. */
    private void removed(SimulatedMember member, long incarnation, SimulatedMember.News how) {
        dismissed.add(member.id());
        proof.happened(
                member.id(),
                switch (how) {
                    case FROM_DIRECTORY -> Sometimes.REMOVED_DIRECTORY_REFUSED;
                    case OF_WHAT_IT_KNEW -> Sometimes.REMOVED_MEMBER_WAS_TOLD;
                    case OF_WHAT_IT_HAD_MISSED -> Sometimes.REMOVED_MEMBER_HAD_MISSED_IT;
                });
        var present = leader();
        if (present != null && present.counts(member.id(), incarnation)) {
            found.add("member " + member.id() + " was told that it was removed, and member " + present.id()
                    + " leads with it as a member");
        }
    }

    private SimulatedMember.Setting setting(long id, Collection<Long> known, boolean join) {
        return new SimulatedMember.Setting(
                mix.config(id, peers(id, known), join),
                mix.raftConfig(id),
                mix.carriers(),
                seams,
                mix.paceOfOne(),
                new SimulatedMember.Machine() {
                    @Override
                    public String name() {
                        return SimulatedStore.NAME;
                    }

                    @Override
                    public StateMachine of(Simulation inside, String owner) {
                        var store = new SimulatedStore(inside, owner, model);
                        return held == Held.DIVERGENCE ? new IteratingStore(store) : store;
                    }
                });
    }

    /** Where they are at present. */
    private List<Peer> peers(long self, Collection<Long> known) {
        var ids = new TreeSet<>(known);
        ids.add(self);
        return ids.stream()
                .map(id -> new Peer(id, places.address(id), SimulatedNetwork.PORT))
                .toList();
    }

    /** Where a member is at present, {@code HOST:PORT}. */
    String address(long id) {
        return places.address(id) + ":" + SimulatedNetwork.PORT;
    }

    /** Where it would be next, {@code HOST:PORT}. */
    String nextAddress(long id) {
        return places.nextAddress(id) + ":" + SimulatedNetwork.PORT;
    }

    /** It comes back elsewhere, with the directory that it has and a list of where the others that it knows are now. */
    void move(long id, Fate fate) {
        var member = member(id);
        if (!member.isDown()) {
            crash(member, fate);
        }
        places.move(id);
        tell(member, member.configuredOthers());
        proof.happened(id, Sometimes.MEMBER_MOVED);
    }

    /** It is started anew, with the directory that it has and a list of where these are. */
    void startTold(long id, Collection<Long> others) {
        var member = member(id);
        crash(member, Fate.KEPT);
        tell(member, others);
        start(id);
    }

    /** While it is down: it comes back with a list of where these are now. */
    private void tell(SimulatedMember member, Collection<Long> others) {
        member.setUpAs(mix.config(
                member.id(), peers(member.id(), others), member.config().join()));
    }

    Certificates certificates() {
        return certificates;
    }

    Places places() {
        return places;
    }

    /** It is down, and not to be mended before everything is. */
    void vanish(SimulatedMember member, Fate fate) {
        crash(member, fate);
        vanished.add(member.id());
    }

    /** One that was dismissed comes back, with the directory that it has. */
    void revive(long id) {
        dismissed.remove(id);
        start(id);
    }

    void begin() {
        // What is done to the world while they start may bring others.
        for (var member : List.copyOf(members.values())) {
            start(member.id());
        }
        clients.begin();
    }

    boolean isHeldToEverything() {
        return held == Held.EVERYTHING;
    }

    Simulation simulation() {
        return simulation;
    }

    Mix mix() {
        return mix;
    }

    StoreModel model() {
        return model;
    }

    StoreClients clients() {
        return clients;
    }

    Proof proof() {
        return proof;
    }

    Ways ways() {
        return ways;
    }

    /** The ids of all that there are, or were. */
    Set<Long> ids() {
        return members.keySet();
    }

    Arrivals arrivals() {
        return arrivals;
    }

    MembershipWatch membership() {
        return membership;
    }

    Operator operator() {
        return operator;
    }

    /** Those whose process runs, paused or not. */
    List<SimulatedMember> up() {
        return members.values().stream().filter(SimulatedMember::isUp).toList();
    }

    /** Those that are to come back. */
    List<SimulatedMember> down() {
        return members.values().stream()
                .filter(member ->
                        member.isDown() && !dismissed.contains(member.id()) && !vanished.contains(member.id()))
                .toList();
    }

    SimulatedMember member(long id) {
        return Objects.requireNonNull(members.get(id));
    }

    /** One that may act as leader; null if there is none. */
    @Nullable
    SimulatedMember leader() {
        return up().stream()
                .filter(member -> member.running().view().ready())
                .findFirst()
                .orElse(null);
    }

    long newId() {
        return ++lastId;
    }

    Set<Long> dismissed() {
        return dismissed;
    }

    /** There is going to be a member, or there is again one with an empty directory, which knows these. */
    void prepare(long id, Collection<Long> known) {
        dismissed.remove(id);
        vanished.remove(id);
        var existing = members.get(id);
        if (existing == null) {
            members.put(id, newMember(id, setting(id, known, true)));
        } else {
            existing.wipe(mix.config(id, peers(id, known), true));
        }
    }

    void start(long id) {
        var member = member(id);
        if (member.isDown()) {
            member.start();
        }
    }

    void crash(SimulatedMember member, Fate fate) {
        member.crash(fate);
    }

    /** It is not wanted any more. */
    void dismiss(SimulatedMember member) {
        crash(member, Fate.KEPT);
        dismissed.add(member.id());
    }

    /** Its directory is lost, and it comes back as it was set up before, or as one that knows that it is new. */
    void lose(long id, Collection<Long> others, boolean join) {
        var member = member(id);
        if (!member.isDown()) {
            crash(member, Fate.LOST);
        }
        member.wipe(join && !others.isEmpty() ? mix.config(id, peers(id, others), true) : member.config());
    }

    /** All faults end, and who is down comes back. */
    void makeWell() {
        simulation.note("world", "is made well");
        ways.calm();
        certificates.mend();
        members.values().forEach(member -> member.faults().heal());
        vanished.clear();
        // Who was dismissed too early is needed after all.
        up().stream()
                .filter(member -> operator.isGood(member.id()))
                .flatMap(member ->
                        Operator.members(member.running().configuration().state()).stream())
                .filter(id -> !member(id).isRemoved())
                .toList()
                .forEach(dismissed::remove);
        restartAll();
    }

    /** Who is down, and wanted, comes back. */
    void restartAll() {
        down().forEach(member -> start(member.id()));
    }

    /** Who is where, for whoever has to find out why something did not happen. */
    String describe() {
        var text = new StringBuilder();
        var leader = leader();
        text.append("the leader is ").append(leader == null ? "nobody" : Long.toString(leader.id()));
        for (var member : members.values()) {
            text.append("\n  member ")
                    .append(member.id())
                    .append(dismissed.contains(member.id()) ? " (dismissed) " : " ");
            text.append(member.describe());
        }
        return text.toString();
    }

    /** What has gone wrong so far. */
    List<String> faults() {
        var all = new ArrayList<>(model.faults());
        all.addAll(found);
        all.addAll(clients.faults());
        for (var member : members.values()) {
            var failure = member.failure();
            if (failure != null) {
                all.add("member " + member.id() + " has failed: " + WorldRun.stack(failure));
            }
            member.divergences().forEach(divergence -> all.add(DIVERGES + divergence));
        }
        return all;
    }

    /** Something that should not be has been seen. */
    void found(String what) {
        simulation.note("world", "found: " + what);
        found.add(what);
    }

    boolean hasFaults() {
        return (held == Held.EVERYTHING
                        && (!model.faults().isEmpty()
                                || !found.isEmpty()
                                || !clients.faults().isEmpty()))
                || members.values().stream()
                        .anyMatch(member -> member.failure() != null
                                || !member.divergences().isEmpty());
    }
}
