package io.raftboot.chaos;

import io.raftboot.linearizability.Call;
import io.raftboot.linearizability.History;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client outside of the members: does one operation after the other, each through any member, with as many attempts as it takes
 * for a while. Half of its commands have an idempotency key and are sent again where their end was not seen; the others are left
 * to the session of the member, and are unknown then. Owned by its thread.
 */
final class Client implements Runnable {
    private static final long ATTEMPT_MILLIS = 5_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final int RADIX = 36;
    private static final int PAUSE_MILLIS = 60;
    private static final int OPERATIONS_BETWEEN_SWEEPS = 200;

    private final int number;
    private final Shared shared;
    private final SplittableRandom random;
    private final LocalReads localReads;
    /** Values of registers as last seen. */
    private final Map<String, String> seen = new HashMap<>();

    private long operations;

    /**
     * What the clients of a campaign have in common.
     *
     * @param run tells when it is over, and takes what went wrong
     * @param leases whether reads by lease are as good as others
     */
    record Shared(Cluster cluster, History history, Keys keys, FaultLog faults, Run run, Tally tally, boolean leases) {}

    /** What a member has answered. */
    private record Answer(String kind, long index, String rest) {
        static Answer of(String text) {
            var words = text.split(" ", 3);
            boolean hasIndex = words[0].equals("applied") || words[0].equals("answered");
            return hasIndex
                    ? new Answer(words[0], Long.parseLong(words[1]), words[2])
                    : new Answer(words[0], 0, text.substring(words[0].length()).trim());
        }
    }

    Client(int number, Shared shared, SplittableRandom random) {
        this.number = number;
        this.shared = shared;
        this.random = random;
        localReads = new LocalReads(shared.run()::problem);
    }

    @Override
    public void run() {
        while (!shared.run().isOver()) {
            operations++;
            var key = shared.keys().any(random);
            if (random.nextInt(100) < 55) {
                write(key);
            } else {
                read(key, shared.leases() && random.nextInt(4) == 0 ? "LEASE" : "LINEARIZABLE");
            }
            if (key.isList() && random.nextInt(5) == 0) {
                readLocally(key, null, 0);
            }
            if (operations % OPERATIONS_BETWEEN_SWEEPS == 0) {
                localReads.forget();
                seen.clear();
            }
            shared.run().pause(random.nextInt(PAUSE_MILLIS));
        }
    }

    /** Also for the last reads of all keys. */
    void read(Keys.Key key, String consistency) {
        var running = shared.history().invoke(number, key.name(), new Call.Read());
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < deadline) {
            var answer = ask("read " + consistency + " 0 " + key.name());
            if (answer != null && answer.kind().equals("answered")) {
                running.done(answer.rest());
                seen.put(key.name(), answer.rest());
                shared.tally().count("reads " + consistency);
                return;
            }
            failed(answer);
        }
        running.refused();
    }

    private void write(Keys.Key key) {
        var call = call(key);
        boolean again = random.nextBoolean();
        String element = element();
        String question =
                "submit " + (again ? "key-" + element : "-") + " " + KeyValueMachine.command(key.name(), call);
        var running = shared.history().invoke(number, key.name(), call);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        boolean lost = false;
        while (System.nanoTime() < deadline) {
            var answer = ask(question);
            if (answer != null && answer.kind().equals("applied")) {
                written(key, call, answer);
                running.done(call instanceof Call.CompareAndSet ? answer.rest() : null);
                shared.tally().count(lost ? "commands sent again" : "commands");
                return;
            }
            if (answer == null || !answer.kind().equals("refused")) {
                lost = true;
                running.attemptLost();
                if (!again) {
                    break;
                }
            }
            failed(answer);
        }
        if (lost) {
            running.unknown();
        } else {
            running.refused();
        }
    }

    private void written(Keys.Key key, Call call, Answer answer) {
        shared.faults().written();
        if (call instanceof Call.Append append) {
            if (random.nextInt(4) == 0) {
                readLocally(key, append.element(), answer.index());
            }
        } else if (!answer.rest().equals(Call.NOT_SET)) {
            seen.put(key.name(), element());
        }
    }

    private Call call(Keys.Key key) {
        if (key.isList()) {
            return new Call.Append(element());
        }
        return random.nextInt(3) == 0
                ? new Call.CompareAndSet(seen.getOrDefault(key.name(), Call.EMPTY), element())
                : new Call.Write(element());
    }

    /** Of this operation; no other has it. */
    private String element() {
        return Long.toString(operations, RADIX) + "." + Long.toString(number, RADIX);
    }

    private void readLocally(Keys.Key key, @Nullable String element, long index) {
        var member = shared.cluster().any(random);
        var process = member == null ? null : member.process();
        if (process == null) {
            return;
        }
        String text = Answers.within(ATTEMPT_MILLIS, process.ask("read LOCAL " + index + " " + key.name()));
        var answer = text == null ? null : Answer.of(text);
        if (answer != null && answer.kind().equals("answered")) {
            shared.tally().count("reads LOCAL");
            localReads.answered(process, key.name(), answer.index(), answer.rest());
            if (element != null) {
                localReads.mustHold(key.name(), answer.rest(), element, index);
            }
        }
    }

    private @Nullable Answer ask(String question) {
        var member = shared.cluster().any(random);
        String text = member == null ? null : Answers.within(ATTEMPT_MILLIS, member.ask(question));
        return text == null ? null : Answer.of(text);
    }

    private void failed(@Nullable Answer answer) {
        if (answer == null) {
            shared.tally().count("attempts without answer");
        } else {
            shared.tally()
                    .count("attempts " + answer.kind()
                            + (answer.kind().equals("refused")
                                    ? " " + answer.rest().split(" ", 2)[0]
                                    : ""));
            if (answer.kind().equals("failed") || answer.rest().startsWith("KEY_REUSED")) {
                shared.run().problem("a member answered: " + answer);
            }
        }
        shared.run().pause(random.nextInt(PAUSE_MILLIS));
    }
}
