package io.raftboot.chaos;

import io.raftboot.replica.config.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The members of a campaign, those that come and go included. No id is used twice. Any thread. */
final class Cluster implements AutoCloseable {
    /** A thread each, as each waits for a process. */
    private static final Executor STARTERS = task -> new Thread(task, "starter").start();

    private final Ground ground;
    private final Settings settings;
    private final Consumer<String> problems;
    private final List<ClusterMember> members = new CopyOnWriteArrayList<>();
    private final Map<Integer, Long> lastIdOfPlace = new ConcurrentHashMap<>();
    private long lastId;

    /** A leader and what it says. */
    record Leader(ClusterMember member, MemberView view) {}

    /** @param problems takes what no member may do */
    Cluster(Ground ground, Settings settings, Consumer<String> problems) {
        this.ground = ground;
        this.settings = settings;
        this.problems = problems;
        lastId = settings.voters();
        var first = IntStream.rangeClosed(1, settings.voters())
                .mapToObj(id -> ClusterMember.peer(ground, id, id))
                .toList();
        for (int id = 1; id <= settings.voters(); id++) {
            members.add(new ClusterMember(ground, settings, id, id, first, false, problems));
            lastIdOfPlace.put(id, (long) id);
        }
    }

    List<ClusterMember> members() {
        return members;
    }

    List<ClusterMember> alive() {
        return members.stream().filter(ClusterMember::isAlive).toList();
    }

    @Nullable
    ClusterMember member(long id) {
        return members.stream().filter(member -> member.id() == id).findFirst().orElse(null);
    }

    /** One of those whose processes are there; null if none is. */
    @Nullable
    ClusterMember any(SplittableRandom random) {
        var alive = alive();
        return alive.isEmpty() ? null : alive.get(random.nextInt(alive.size()));
    }

    void startAll() {
        var starts = members.stream()
                .map(member -> CompletableFuture.runAsync(member::start, STARTERS))
                .toList();
        starts.forEach(CompletableFuture::join);
    }

    /** The leader of the latest term among those that answer; null if none says that it leads. */
    @Nullable
    Leader leader() {
        var views = alive().stream()
                .map(member -> CompletableFuture.supplyAsync(
                        () -> new Leader(member, Objects.requireNonNullElse(member.view(), NO_VIEW)), STARTERS))
                .toList();
        return views.stream()
                .map(CompletableFuture::join)
                .filter(leader -> leader.view().leads())
                .max(Comparator.comparingLong(leader -> leader.view().term()))
                .orElse(null);
    }

    private static final MemberView NO_VIEW = new MemberView("none", 0, 0, 0, List.of(), List.of(), List.of());

    /**
     * A new member that is to join.
     *
     * @param formerId whose address it has; null if nobody had it
     */
    record Joining(ClusterMember member, @Nullable Long formerId) {}

    /** Starts a new member that is to join; null if there is no place left. */
    @Nullable
    Joining join() {
        Joining joining;
        synchronized (this) {
            int place = freePlace();
            if (place == 0) {
                return null;
            }
            lastId++;
            var others = members.stream().map(ClusterMember::peer).toList();
            var member = new ClusterMember(ground, settings, lastId, place, others, true, problems);
            joining = new Joining(member, lastIdOfPlace.put(place, lastId));
            members.add(member);
        }
        joining.member().start();
        return joining;
    }

    /** Somebody who is not there, under an id that nobody has, where nobody is. */
    synchronized Peer nobody() {
        lastId++;
        return ClusterMember.peer(ground, lastId, ground.places() + 1);
    }

    /** Where a member could go; null if no place is free. */
    @Nullable
    Peer freePeer(long id) {
        int place = freePlace();
        return place == 0 ? null : ClusterMember.peer(ground, id, place);
    }

    private int freePlace() {
        return IntStream.rangeClosed(1, ground.places())
                .filter(free -> members.stream().noneMatch(member -> member.place() == free))
                .findFirst()
                .orElse(0);
    }

    /** Ends a member where it is, and starts it in the first free place; returns whether it was there before. */
    boolean relocate(ClusterMember member) {
        ClusterMember moved;
        synchronized (this) {
            int place = freePlace();
            if (place == 0 || !members.contains(member)) {
                return false;
            }
            var others = members.stream()
                    .filter(other -> other != member)
                    .map(ClusterMember::peer)
                    .toList();
            member.remove();
            moved = new ClusterMember(ground, settings, member.id(), place, others, true, problems);
            lastIdOfPlace.put(place, member.id());
            members.set(members.indexOf(member), moved);
        }
        moved.start();
        return true;
    }

    /** Ends a member that is none any more; its directory goes as well. */
    void dispose(ClusterMember member) {
        member.remove();
        delete(member.dir());
        members.remove(member);
    }

    static void delete(Path dir) {
        if (!Files.exists(dir)) {
            return;
        }
        try (Stream<Path> found = Files.walk(dir)) {
            for (Path file : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        members.forEach(ClusterMember::remove);
    }
}
