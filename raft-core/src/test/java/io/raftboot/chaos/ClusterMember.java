package io.raftboot.chaos;

import io.raftboot.replica.config.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One member, with one process after the other. Those that change its life take turns; anybody may ask it. */
final class ClusterMember {
    private static final int FIRST_PORT = 7400;
    private static final long STATUS_MILLIS = 2_000;
    /** On a machine on which many others work. */
    private static final long START_MILLIS = 180_000;

    private static final long STOP_SECONDS = 60;

    /** What a process ends with that was killed with signal 9. */
    private static final int KILLED = 128 + 9;

    private final Ground ground;
    private final Settings campaign;
    private final long id;
    private final int place;
    private final List<Peer> peers;
    private final boolean join;
    private final Consumer<String> problems;

    private volatile @Nullable ControlledProcess process;
    private boolean endedByUs = true;
    private boolean gone;

    /**
     * A member that does not run yet.
     *
     * @param others that it is told of
     * @param problems takes what no member may do
     */
    ClusterMember(
            Ground ground,
            Settings campaign,
            long id,
            int place,
            List<Peer> others,
            boolean join,
            Consumer<String> problems) {
        this.ground = ground;
        this.campaign = campaign;
        this.id = id;
        this.place = place;
        this.join = join;
        this.problems = problems;
        peers = new ArrayList<>(others);
        if (peers.stream().noneMatch(peer -> peer.id() == id)) {
            peers.add(peer(ground, id, place));
        }
        ground.open(place, port(place));
        var certificates = ground.certificates();
        if (certificates != null) {
            certificates.issue(id);
        }
    }

    /** As all others know it: whoever comes to a place later has the same address. */
    static Peer peer(Ground ground, long id, int place) {
        return new Peer(id, ground.addresses().faceOf(place), port(place));
    }

    /** Where one in a place listens. */
    static String listen(Ground ground, int place) {
        return ground.addresses().placeAddress(place) + ":" + port(place);
    }

    private static int port(int place) {
        return FIRST_PORT + place;
    }

    long id() {
        return id;
    }

    int place() {
        return place;
    }

    Peer peer() {
        return peer(ground, id, place);
    }

    Path dir() {
        return campaign.dir().resolve("member" + id);
    }

    /** What its processes write to their error outputs. */
    Path log() {
        return campaign.dir().resolve("member" + id + ".log");
    }

    ChaosMember.Settings settings() {
        var certificates = ground.certificates();
        var options =
                new ChaosMember.Options(campaign.hasLeases(), certificates == null ? null : certificates.file(id));
        return new ChaosMember.Settings(ChaosMember.CLUSTER, id, listen(ground, place), peers, join, dir(), options);
    }

    /** Starts a process where none runs, and waits until it is ready. */
    synchronized void start() {
        var before = process;
        if (before != null && before.isAlive()) {
            return;
        }
        noticeEnd();
        if (gone) {
            return;
        }
        var started = newProcess();
        endedByUs = false;
        process = started;
        Answers.within(START_MILLIS, started.ready());
        noticeEnd();
    }

    private ControlledProcess newProcess() {
        var command = new ArrayList<>(ground.within(place));
        command.addAll(ChaosMember.command(settings()));
        return new ControlledProcess("member" + id, command, ground.clockOf(place), log());
    }

    /** Gives it another certificate; returns whether it has put that in force. */
    synchronized boolean renewCertificate() {
        var certificates = Objects.requireNonNull(ground.certificates());
        certificates.issue(id);
        return isAlive() && "renewed".equals(Answers.within(STATUS_MILLIS, ask("certificate")));
    }

    /**
     * Stops it, and starts it with a certificate that nobody is to believe. It has its own again when this returns, and does not run.
     *
     * @param holdMillis how long it has to find somebody who believes it
     * @return whether it did not start, or nobody let it in
     */
    synchronized boolean comeAsAnother(Certificates.Wrong wrong, long holdMillis) {
        var certificates = Objects.requireNonNull(ground.certificates());
        if (gone || !stop()) {
            return false;
        }
        certificates.issue(id, wrong);
        var impostor = newProcess();
        try {
            return wrong.isSeenAtStart() ? endsAtItsStart(impostor) : isLeftAlone(impostor, holdMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            impostor.kill();
            ground.ended(impostor.pid());
            certificates.issue(id);
        }
    }

    private boolean endsAtItsStart(ControlledProcess impostor) throws InterruptedException {
        if (impostor.awaitEnd(START_MILLIS / 1000) && impostor.exitValue() == ChaosMember.NOT_STARTED) {
            return true;
        }
        problems.accept("member " + id + " started with a wrong certificate, see member" + id + ".log");
        return false;
    }

    /** Nobody tells it of a leader. */
    private boolean isLeftAlone(ControlledProcess impostor, long holdMillis) throws InterruptedException {
        if (Answers.within(START_MILLIS, impostor.ready()) == null || impostor.awaitEnd(holdMillis / 1000)) {
            return false;
        }
        String answer = Answers.within(STATUS_MILLIS, impostor.ask("status"));
        if (answer == null || answer.startsWith("failed")) {
            return false;
        }
        if (MemberView.valueOf(answer).leaderId() != 0) {
            problems.accept("member " + id + " was let in with a certificate of another issuer");
            return false;
        }
        return true;
    }

    private void noticeEnd() {
        var ended = process;
        if (ended != null && !ended.isAlive() && !endedByUs) {
            endedByUs = true;
            ground.ended(ended.pid());
            if (ended.exitValue() == ChaosMember.REMOVED) {
                // What the group has told it; a group that still counts on it does not get back to its size.
                gone = true;
                return;
            }
            problems.accept(
                    "member " + id + " ended by itself with " + ended.exitValue() + ", see member" + id + ".log");
        }
    }

    /** Returns whether it was running, and was killed. */
    synchronized boolean kill() {
        var running = process;
        if (running == null || !running.isAlive()) {
            noticeEnd();
            return false;
        }
        endedByUs = true;
        running.kill();
        ground.ended(running.pid());
        return running.exitValue() == KILLED;
    }

    /** Kills it, and deletes its directory; returns whether there was one. */
    synchronized boolean wipe() {
        boolean unused = kill();
        boolean wiped = !gone && Files.exists(dir());
        Cluster.delete(dir());
        return wiped;
    }

    /** Stops it in order; returns whether it has ended well. */
    synchronized boolean stop() {
        var running = process;
        if (running == null || !running.isAlive()) {
            return false;
        }
        endedByUs = true;
        String answer = Answers.within(STOP_SECONDS * 1000, running.ask("stop"));
        running.closeInput();
        try {
            if (running.awaitEnd(STOP_SECONDS)) {
                ground.ended(running.pid());
                return "stopped".equals(answer) && running.exitValue() == 0;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        problems.accept("member " + id + " did not stop within " + 2 * STOP_SECONDS + " s");
        running.kill();
        ground.ended(running.pid());
        return false;
    }

    /** Ends it for good. */
    synchronized void remove() {
        gone = true;
        kill();
    }

    /** The process that runs, or was the last one to; null before the first. */
    @Nullable
    ControlledProcess process() {
        return process;
    }

    boolean isAlive() {
        var running = process;
        return running != null && running.isAlive();
    }

    CompletableFuture<String> ask(String question) {
        var running = process;
        return running == null
                ? CompletableFuture.failedFuture(new IllegalStateException("member " + id + " was not started"))
                : running.ask(question);
    }

    /** As it sees itself; null if it does not answer. */
    @Nullable
    MemberView view() {
        String answer = Answers.within(STATUS_MILLIS, ask("status"));
        return answer == null || answer.startsWith("failed") ? null : MemberView.valueOf(answer);
    }

    @Override
    public String toString() {
        return "member " + id;
    }
}
