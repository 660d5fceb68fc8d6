package io.raftboot.replica;

import io.raftboot.proof.Sometimes;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.simulation.Simulation;
import io.raftboot.simulation.tls.SimulatedCertificate;
import io.raftboot.simulation.tls.SimulatedTls;
import io.raftboot.transport.tls.PeerNaming;
import io.raftboot.transport.tls.TlsMaterial;
import io.raftboot.transport.tls.TlsSettingsException;
import io.raftboot.transport.tls.TransportSecurity;
import io.raftboot.transport.tls.TransportSecurity.Mode;
import io.raftboot.transport.tls.TransportSecurity.Refused;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates the members of a world show, and what goes wrong with them. Whoever issues them does as the documents say: a new
 * issuer is trusted by all before anybody shows a certificate of it, and TLS is required of nobody before all of them speak it.
 */
final class Certificates implements SimulatedTls.Watch {
    private static final long FOR_EVER = Long.MAX_VALUE;

    /** Frames in which two members introduce themselves, and are refused; whoever says more is listened to. */
    private static final int INTRODUCTION_FRAMES = 8;

    /** Election timeouts for which a certificate is valid that is to expire. */
    private static final int SOON_EXPIRED = 20;

    private static final int STEPS_TO_ANOTHER_ISSUER = 3;

    private final World world;
    private final Use use;
    private final SimulatedTls tls;
    private final PeerNaming naming;
    private final TreeMap<Long, Holder> holders = new TreeMap<>();

    /** The issuer whose certificates all have, or had last. */
    private int issuer = 1;

    /** How a world has come to TLS. */
    enum Use {
        NONE,
        ALL,
        /** Each member speaks it from one of its starts on. */
        ROLLED_OUT;

        boolean isOn() {
            return this != NONE;
        }
    }

    /** How far a member has come with TLS. */
    private enum Stage {
        PLAIN,
        PERMISSIVE,
        REQUIRED
    }

    /** What one member has. Any of its processes gets what is there when it begins. */
    private static final class Holder {
        private Stage stage;
        private boolean begun;
        private SimulatedCertificate shown;
        private TlsMaterial material;

        /** Whether nobody may believe it, or not for long. */
        private boolean spoilt;

        /** Steps on the way from the present issuer to the next one. */
        private int steps;

        private @Nullable TransportSecurity security;

        /** Whether somebody has believed what is shown now. */
        private boolean proven;

        /** How many were shown, one after the other, since somebody last believed one: each may cost a connection. */
        private long notBelieved;

        /** Connections that were closed before the first of those. */
        private long recycledBefore;

        Holder(Stage stage, int steps, SimulatedCertificate shown, TlsMaterial material) {
            this.stage = stage;
            this.steps = steps;
            this.shown = shown;
            this.material = material;
        }
    }

    Certificates(Simulation simulation, World world, Use use) {
        this.world = world;
        this.use = use;
        this.tls = new SimulatedTls(simulation.events()::nowNanos, this);
        this.naming = new PeerNaming("simulated", null, null);
    }

    private static String uri(long id) {
        return "spiffe://world/raft/simulated/" + id;
    }

    /** TLS of the next process of a member; null for none. */
    @Nullable
    TransportSecurity next(long id) {
        if (!use.isOn()) {
            return null;
        }
        var holder = holder(id);
        if (use == Use.ROLLED_OUT) {
            goOn(holder);
        }
        holder.security = null;
        if (holder.stage == Stage.PLAIN) {
            return null;
        }
        try {
            holder.security = security(id, holder, holder.material);
        } catch (TlsSettingsException e) {
            // Its operator reads why it did not start, and has another one issued.
            world.proof().happened(id, Sometimes.START_REFUSED_FOR_ITS_CERTIFICATE);
            give(id, holder, good(id, FOR_EVER));
            holder.security = security(id, holder, holder.material);
        }
        holder.recycledBefore = 0;
        holder.notBelieved = 0;
        return holder.security;
    }

    private TransportSecurity security(long id, Holder holder, TlsMaterial material) {
        var mode = holder.stage == Stage.REQUIRED ? Mode.REQUIRED : Mode.PERMISSIVE;
        return new TransportSecurity(mode, naming, id, List.of(), material);
    }

    private Holder holder(long id) {
        var known = holders.get(id);
        if (known != null) {
            return known;
        }
        var shown = good(id, FOR_EVER);
        int steps = holders.values().stream().anyMatch(one -> one.steps > 0) ? 1 : 0;
        var holder = new Holder(firstStage(), steps, shown, material(id, shown, steps));
        holders.put(id, holder);
        return holder;
    }

    /** Of one that is new: as the others began, or as those do that have gone on. */
    private Stage firstStage() {
        if (use == Use.ALL) {
            return Stage.REQUIRED;
        }
        return holders.values().stream().allMatch(one -> one.stage == Stage.PLAIN) ? Stage.PLAIN : Stage.PERMISSIVE;
    }

    /** With the next start of its process: nobody requires what others do not speak yet. */
    private void goOn(Holder holder) {
        boolean allSpeak = holders.values().stream().noneMatch(one -> one.stage == Stage.PLAIN);
        boolean isFirst = !holder.begun;
        holder.begun = true;
        if (isFirst) {
            return;
        }
        if (holder.stage == Stage.PLAIN) {
            holder.stage = Stage.PERMISSIVE;
        } else if (holder.stage == Stage.PERMISSIVE && allSpeak) {
            holder.stage = Stage.REQUIRED;
        }
    }

    private SimulatedCertificate good(long id, long validNanos) {
        long now = world.simulation().events().nowNanos();
        return tls.issue(issuer, uri(id), validNanos == FOR_EVER ? FOR_EVER : now + validNanos);
    }

    /** @param steps of the holder towards another issuer, whom it trusts from the first one on */
    private TlsMaterial material(long id, SimulatedCertificate shown, int steps) {
        return tls.material(id, shown, shown, steps == 0 ? Set.of(issuer) : Set.of(issuer, issuer + 1));
    }

    /** A member gets this, at once if it runs. */
    private void give(long id, Holder holder, SimulatedCertificate shown) {
        give(id, holder, shown, material(id, shown, holder.steps));
        holder.spoilt = false;
    }

    private void give(long id, Holder holder, SimulatedCertificate shown, TlsMaterial material) {
        holder.shown = shown;
        holder.material = material;
        var security = holder.security;
        if (security == null || world.member(id).isDown()) {
            return;
        }
        world.member(id).host().after(0, "gets " + shown, () -> {
            if (holder.proven || holder.notBelieved == 0) {
                holder.recycledBefore = security.status().recycled();
                holder.notBelieved = 0;
            }
            holder.proven = false;
            holder.notBelieved++;
            if (!security.replace(material) && !holder.spoilt) {
                world.found("member " + id + " does not take " + shown);
            }
        });
        world.proof().happened(id, Sometimes.CERTIFICATES_CHANGED);
    }

    /**
     * Certificates are issued anew, as is right: by the same issuer, or on the way to another one, for one member.
     *
     * @return whether there was anybody who has one
     */
    boolean renew(long id, int what) {
        if (!use.isOn()) {
            return false;
        }
        var holder = holder(id);
        if (what % 2 == 0) {
            give(id, holder, certificate(id, holder));
            return true;
        }
        boolean allTrustNext = world.up().stream().allMatch(one -> holder(one.id()).steps > 0);
        if (holder.steps == 0 || (holder.steps == 1 && allTrustNext)) {
            holder.steps++;
            give(id, holder, certificate(id, holder));
        }
        if (world.up().stream().allMatch(one -> holder(one.id()).steps == STEPS_TO_ANOTHER_ISSUER - 1)) {
            issuer++;
            holders.values().forEach(one -> one.steps = 0);
            world.proof().happened(id, Sometimes.ISSUER_EXCHANGED);
            for (var one : holders.entrySet()) {
                give(one.getKey(), one.getValue(), certificate(one.getKey(), one.getValue()));
            }
        }
        return true;
    }

    private SimulatedCertificate certificate(long id, Holder holder) {
        return tls.issue(holder.steps == 2 ? issuer + 1 : issuer, uri(id), FOR_EVER);
    }

    /** What must not be taken is offered, or something is shown that nobody may believe. */
    boolean spoil(long id, long other, int what) {
        if (!use.isOn() || other == id) {
            return false;
        }
        var holder = holder(id);
        switch (what % 5) {
            case 0 -> offer(id, holder, tls.issue(issuer, uri(other), FOR_EVER));
            case 1 -> offer(id, holder, good(id, 0));
            case 2 -> showAnothers(id, holder, tls.issue(issuer, uri(other), FOR_EVER));
            case 3 -> showAStrangers(id, holder);
            default -> showWhatExpires(id, holder, what / 5);
        }
        return true;
    }

    /** Some processes end then, and find when they begin again that it has expired. */
    private void showWhatExpires(long id, Holder holder, int what) {
        long soon = 1 + what % (SOON_EXPIRED * world.mix().electionTimeout().toNanos());
        give(id, holder, good(id, soon));
        holder.spoilt = true;
        if (what % 2 == 0) {
            world.simulation().events().after(soon, () -> {
                if (holder.spoilt && world.member(id).isUp()) {
                    world.crash(world.member(id), Fate.KEPT);
                }
            });
        }
    }

    /** Neither a process that begins takes it, nor one that runs. */
    private void offer(long id, Holder holder, SimulatedCertificate wrong) {
        var material = material(id, wrong, holder.steps);
        try {
            var unused = security(id, holder, material);
            world.found("a process of member " + id + " would begin with " + wrong);
        } catch (TlsSettingsException e) {
            world.proof().happened(id, Sometimes.WRONG_CERTIFICATE_NOT_TAKEN);
        }
        var security = holder.security;
        if (security != null && world.member(id).isUp()) {
            world.member(id).host().after(0, "is offered " + wrong, () -> {
                if (security.replace(material)) {
                    world.found("member " + id + " takes " + wrong);
                }
            });
        }
    }

    /** As somebody would who has stolen it: its own process would not. */
    private void showAnothers(long id, Holder holder, SimulatedCertificate shown) {
        var declared = certificate(id, holder);
        var trusted = Set.of(issuer, issuer + 1);
        give(id, holder, shown, tls.material(id, declared, shown, trusted));
        holder.spoilt = true;
    }

    private void showAStrangers(long id, Holder holder) {
        int stranger = -1;
        var shown = tls.issue(stranger, uri(id), FOR_EVER);
        give(id, holder, shown, tls.material(id, shown, shown, Set.of(stranger, issuer, issuer + 1)));
        holder.spoilt = true;
    }

    /** All have what they should have. */
    void mend() {
        look();
        boolean changing = holders.values().stream().anyMatch(holder -> holder.steps > 0);
        holders.forEach((id, holder) -> {
            // Who was down while others began to trust the next issuer has not heard of it.
            boolean isBehind = changing && holder.steps == 0;
            holder.steps = isBehind ? 1 : holder.steps;
            if (holder.spoilt || isBehind) {
                give(id, holder, certificate(id, holder));
            }
        });
    }

    /** Now and then: what the members say of their connections. */
    void look() {
        holders.forEach((id, holder) -> {
            var security = holder.security;
            if (security != null && world.member(id).isUp()) {
                look(id, holder, security.status());
            }
        });
    }

    private void look(long id, Holder holder, TransportSecurity.Status status) {
        long recycled = status.recycled() - holder.recycledBefore;
        if (recycled > holder.notBelieved && !holder.proven) {
            world.found("member " + id + " has closed " + recycled + " connections, and nobody believes " + holder.shown
                    + " or what was shown before, " + holder.notBelieved + " in all");
        }
        if (holder.stage == Stage.REQUIRED && !status.plainPeers().isEmpty()) {
            world.found("member " + id + " requires TLS, and speaks without with " + status.plainPeers());
        }
        happened(id, recycled == 1 && !holder.proven, Sometimes.RECYCLING_HELD_BACK);
        happened(id, status.recycled() > 1, Sometimes.CONNECTIONS_RECYCLED);
        happened(id, status.refused().containsKey(Refused.IDENTITY), Sometimes.CERTIFICATE_OF_ANOTHER_REFUSED);
        happened(id, !status.plainPeers().isEmpty(), Sometimes.SPOKE_WITHOUT_TLS);
        happened(id, use == Use.ROLLED_OUT && holder.stage == Stage.REQUIRED, Sometimes.TLS_REQUIRED_AFTER_ROLLOUT);
    }

    private void happened(long id, boolean has, Sometimes what) {
        if (has) {
            world.proof().happened(id, what);
        }
    }

    @Override
    public void established(SimulatedTls.Side own, SimulatedTls.Side other) {
        var holder = holders.get(other.owner());
        // A member tries by itself whether what it is given can be used.
        boolean isRehearsal = own.owner() == other.owner();
        if (holder != null && !isRehearsal && holder.shown.equals(other.shown())) {
            holder.proven = true;
        }
    }

    @Override
    public void disbelieved(SimulatedTls.Side own, SimulatedTls.Side other) {
        // A member whose own certificate has expired does not believe itself.
        if (own.owner() == other.owner()) {
            return;
        }
        world.proof().happened(own.owner(), Sometimes.CERTIFICATE_NOT_BELIEVED);
    }

    @Override
    public void heard(SimulatedTls.Side own, SimulatedTls.Side other, int times) {
        var shown = other.shown();
        boolean isIts = shown != null && Objects.equals(shown.uri(), uri(other.owner()));
        if (!isIts && times > INTRODUCTION_FRAMES) {
            world.found("member " + own.owner() + " listens to member " + other.owner() + ", which shows " + shown);
        }
    }
}
