package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.linearizability.History;
import io.raftboot.replica.SimulatedStore.Command;
import io.raftboot.replica.SimulatedStore.Verb;
import io.raftboot.simulation.Simulation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Clients of a world: each has one thing to do after the other done, through a member that it draws, and again through another with
 * the same key where it wants to know. What each is told is held against what the members have applied, at once where that is
 * possible.
 */
final class StoreClients {
    /** Beyond what a member that lives lets its callers wait. */
    private static final int PATIENCE_IN_TIMEOUTS = 2;

    /** Number of those who do not wait for answers. */
    private static final int NOBODY = 0;

    private static final Set<RefusalReason> LIMITS =
            EnumSet.of(RefusalReason.OVERLOADED, RefusalReason.KEYS_EXHAUSTED, RefusalReason.TOO_LARGE);

    private static final int REPETITIONS = 6;
    private static final long LONGEST_PAUSE_NANOS = 20_000_000;

    /** One of so many pauses is longer than a session may last. */
    private static final int SLEEPERS = 20;

    /** Members that a client may ask, all of which are up. */
    private final Supplier<List<SimulatedMember>> servers;

    private final Simulation simulation;
    private final Mix mix;
    private final StoreModel model;
    private final RandomGenerator random;
    private final StoreHistory history;
    private final List<String> faults = new ArrayList<>();
    private final Set<String> refused = new TreeSet<>();

    /** The index that everything has to see which begins now. */
    private long floor;

    /** The floor by the time from which on it was one. */
    private final TreeMap<Long, Long> floors = new TreeMap<>();

    private long lastValue;
    private Calls calls = Calls.ALL;
    private long callsBegun;
    private boolean ended;
    private int waiting;
    private final Counts counts = new Counts();

    /** What clients were told how often. */
    static final class Counts {
        long applied;
        long refused;
        long unknown;
        long repeated;

        /** Commands with a key that were sent again and again and not applied, though there was room for them. */
        long givenUp;

        long read;
        long readLocally;
    }

    StoreClients(Simulation simulation, Mix mix, StoreModel model, Supplier<List<SimulatedMember>> servers) {
        this.simulation = simulation;
        this.mix = mix;
        this.model = model;
        this.servers = servers;
        this.random = simulation.random();
        this.history = new StoreHistory(simulation.events()::nowNanos);
        floors.put(0L, 0L);
    }

    void begin() {
        for (int client = 1; client <= mix.clients(); client++) {
            later(client);
        }
    }

    /** From now on these are made, and others left out. */
    void makeOnly(Calls made) {
        calls = made;
    }

    /** Calls so far, with those that were left out. */
    long callsBegun() {
        return callsBegun;
    }

    /** Nothing new is begun. */
    void end() {
        ended = true;
    }

    /** Whether somebody still waits for an answer. */
    boolean areWaiting() {
        return waiting > 0;
    }

    /** What clients asked and were told. */
    StoreHistory history() {
        return history;
    }

    Counts counts() {
        return counts;
    }

    List<String> faults() {
        return faults;
    }

    /** So many commands at once, by nobody who would wait for the answers. */
    void burst(int count) {
        for (int i = 0; i < count; i++) {
            unkeyed(NOBODY, () -> {});
        }
    }

    private void later(int client) {
        boolean away = random.nextInt(SLEEPERS) == 0;
        long longest = away ? mix.longestSleep().toNanos() : mix.longestPauseNanos();
        simulation.events().after(random.nextLong(longest), () -> next(client));
    }

    private void next(int client) {
        if (ended) {
            return;
        }
        if (!calls.isMade(callsBegun++)) {
            later(client);
            return;
        }
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> unkeyed(client, () -> later(client));
            case 4, 5 -> keyed(client);
            case 6, 7 -> read(client, ReadOptions.LINEARIZABLE);
            case 8 -> read(client, ReadOptions.of(Consistency.LEASE));
            default -> readLocally(client);
        }
    }

    private void unkeyed(int client, Runnable then) {
        var command = command();
        unlessExpired(new Attempt(command, null, history.begin(client, command)), then, 0);
    }

    private void keyed(int client) {
        var command = command();
        repeatedly(client, new Attempt(command, "k" + lastValue, history.begin(client, command)), 0);
    }

    private static void end(StoreHistory.Running running, Outcome outcome) {
        if (outcome instanceof Outcome.Applied applied) {
            running.applied(new String(applied.value(), UTF_8));
        } else if (outcome instanceof Outcome.Refused) {
            running.refused();
        } else {
            running.unknown();
        }
    }

    private Command command() {
        var key = key();
        var value = "v" + ++lastValue;
        return switch (random.nextInt(4)) {
            case 0 -> new Command(Verb.SET, key, value, "");
            case 1 -> new Command(Verb.SWAP, key, value, model.valueAt(key, Long.MAX_VALUE));
            default -> new Command(Verb.ADD, key, value, "");
        };
    }

    private String key() {
        return "key" + random.nextInt(mix.keys());
    }

    /** @param key under which it may be sent again; null for none */
    private record Attempt(Command command, @Nullable String key, StoreHistory.Running running) {}

    private interface Told {
        void of(Outcome outcome);
    }

    private @Nullable SimulatedMember anyServer() {
        var up = servers.get();
        return up.isEmpty() ? null : up.get(random.nextInt(up.size()));
    }

    private void once(Attempt attempt, Told told) {
        var member = anyServer();
        if (member == null) {
            told.of(new Outcome.Unknown("nobody is there"));
            return;
        }
        waiting++;
        var once = new Once();
        member.host().after(0, "submit " + attempt.command.value(), () -> {
            var unused = handOver(member, attempt).thenAccept(outcome -> once.run(() -> ended(attempt, outcome, told)));
        });
        simulation
                .events()
                .after(patienceNanos(), () -> once.run(() -> ended(attempt, new Outcome.Unknown("no answer"), told)));
    }

    private static CompletableFuture<Outcome> handOver(SimulatedMember member, Attempt attempt) {
        return member.calls().submit(SimulatedStore.NAME, attempt.command.bytes(), attempt.key, null);
    }

    private long patienceNanos() {
        return mix.commandTimeout().toNanos() * PATIENCE_IN_TIMEOUTS;
    }

    private void ended(Attempt attempt, Outcome outcome, Told told) {
        waiting--;
        var value = attempt.command.value();
        var why = outcome instanceof Outcome.Refused refusal ? " " + refusal.reason() : "";
        simulation.note("client", value + " " + outcome.getClass().getSimpleName() + why);
        if (outcome instanceof Outcome.Applied applied) {
            counts.applied++;
            checkApplied(attempt.command, applied);
            raiseFloor(applied.index());
        } else if (outcome instanceof Outcome.Refused) {
            counts.refused++;
            if (attempt.key == null && !hasExpired(outcome)) {
                refused.add(value);
            }
        } else {
            counts.unknown++;
        }
        told.of(outcome);
    }

    /** Whose session has ended was told that this was not applied: it may be sent again as it is, and is applied once then. */
    private void unlessExpired(Attempt attempt, Runnable then, int repetitions) {
        once(attempt, outcome -> {
            if (hasExpired(outcome) && repetitions < REPETITIONS) {
                unlessExpired(attempt, then, repetitions + 1);
            } else {
                end(attempt.running, outcome);
                then.run();
            }
        });
    }

    private static boolean hasExpired(Outcome outcome) {
        return outcome instanceof Outcome.Refused refusal && refusal.reason() == RefusalReason.SESSION_EXPIRED;
    }

    private void checkApplied(Command command, Outcome.Applied applied) {
        var step = model.of(command.value());
        var before = new String(applied.value(), UTF_8);
        if (step == null || !step.command().equals(command) || !step.before().equals(before)) {
            faults.add("a client was told that " + command + " was applied behind '" + before
                    + "', and the members have " + step);
        } else if (step.index() > applied.index()) {
            // It may be less than the index of an answer to a repetition, which has a place of its own.
            faults.add("a client was told that " + command + " is at " + applied.index() + ", and it is at "
                    + step.index());
        }
    }

    private void raiseFloor(long index) {
        if (index > floor) {
            floor = index;
            floors.put(simulation.events().nowNanos(), floor);
        }
    }

    /** With the key it is the same command, however often it is sent: until it is known what became of it, or long enough. */
    private void repeatedly(int client, Attempt attempt, int repetitions) {
        once(attempt, outcome -> {
            boolean over = outcome instanceof Outcome.Applied
                    || repetitions >= REPETITIONS
                    || patienceNanos() * (repetitions + 2) > mix.keyRetention().toNanos() / 2;
            if (over) {
                counts.givenUp += outcome instanceof Outcome.Applied || isOverALimit(outcome) ? 0 : 1;
                end(attempt.running, outcome);
                later(client);
            } else {
                if (outcome instanceof Outcome.Unknown) {
                    attempt.running.attemptLost();
                }
                counts.repeated++;
                simulation
                        .events()
                        .after(
                                random.nextLong(LONGEST_PAUSE_NANOS),
                                () -> repeatedly(client, attempt, repetitions + 1));
            }
        });
    }

    private static boolean isOverALimit(Outcome outcome) {
        return outcome instanceof Outcome.Refused refused && LIMITS.contains(refused.reason());
    }

    private void readLocally(int client) {
        var options = ReadOptions.of(Consistency.LOCAL);
        switch (random.nextInt(3)) {
            case 0 -> read(client, options);
            case 1 -> read(client, options.withMinIndex(floor));
            default ->
                read(client, options.withMaxStaleness(mix.electionTimeout().multipliedBy(random.nextInt(1, 4))));
        }
    }

    private void read(int client, ReadOptions options) {
        var member = anyServer();
        if (member == null) {
            later(client);
            return;
        }
        waiting++;
        var key = key();
        var question = new Question(client, key, options, floorOf(options), history.beginRead(client, key));
        var once = new Once();
        member.host().after(0, "read " + key + " " + options.consistency(), () -> {
            var unused = member.calls()
                    .read(SimulatedStore.NAME, key.getBytes(UTF_8), options)
                    .thenAccept(outcome -> once.run(() -> answered(question, outcome)));
        });
        simulation
                .events()
                .after(
                        patienceNanos(),
                        () -> once.run(() -> {
                            waiting--;
                            later(client);
                        }));
    }

    /**
     * A read that waits for its answer.
     *
     * @param floor what the answer has to see at least
     */
    private record Question(int client, String key, ReadOptions options, long floor, History.Running running) {}

    /** What the answer has to see at least. */
    private long floorOf(ReadOptions options) {
        if (options.consistency() != Consistency.LOCAL) {
            return floor;
        }
        var staleness = options.maxStaleness();
        if (staleness == null) {
            return options.minIndex();
        }
        // The member that answers counts by its own clock, which may be slow.
        long trueNanos = (long) (staleness.toNanos() * mix.slowestSecond());
        return floors.floorEntry(Math.max(0, simulation.events().nowNanos() - trueNanos))
                .getValue();
    }

    private void answered(Question question, ReadOutcome outcome) {
        waiting--;
        if (outcome instanceof ReadOutcome.Answered answered) {
            var key = question.key;
            var consistency = question.options.consistency();
            var value = new String(answered.value(), UTF_8);
            simulation.note("client", consistency + " read of " + key + " at " + answered.index());
            if (!value.equals(model.valueAt(key, answered.index()))) {
                faults.add("a read of " + key + " was answered '" + value + "' at " + answered.index()
                        + ", where the members have '" + model.valueAt(key, answered.index()) + "'");
            }
            if (answered.index() < question.floor) {
                faults.add("a read " + question.options + " of " + key + " was answered at index " + answered.index()
                        + ", though " + question.floor + " had been seen before it");
            }
            if (consistency == Consistency.LOCAL) {
                counts.readLocally++;
            } else {
                counts.read++;
                raiseFloor(answered.index());
                question.running.done(value);
            }
        }
        later(question.client);
    }

    /** At the end: what was refused has not happened. */
    void check() {
        for (var value : refused) {
            var step = model.of(value);
            if (step != null) {
                faults.add("a client was told that " + step.command() + " was refused, and it is at " + step.index());
            }
        }
    }

    /** The answer, or the end of the client's patience, whichever comes first. */
    private static final class Once {
        private boolean done;

        void run(Runnable action) {
            if (!done) {
                done = true;
                action.run();
            }
        }
    }
}
