package io.raftboot.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the members as whoever administers a group has them made: asked of one member after the other, under a key, until one answers;
 * what was accepted is followed to its end. Owned by the thread of its track, and at the end by the campaign's.
 */
final class Changes {
    static final String DONE = "DONE";
    static final String CANCELLED = "CANCELLED";

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final int LOOK_MILLIS = 300;
    private static final long ANSWER_MILLIS = 4_000;

    /**
     * What is worth another try: who is down comes back, who lags catches up, a change that is under way ends, and who was moved by a
     * change that nobody waited for says where it is.
     */
    private static final List<String> PASSING =
            List.of("NO_LEADER", "CHANGE_RUNNING", "MAJORITY", "LAGGING", "REFUSED", "UNKNOWN", "INVALID");

    private final Cluster cluster;
    private final Tally tally;

    /** Words of the changes that were accepted and are not known to have ended. */
    private final Map<Long, String> open = new TreeMap<>();

    private Run run;
    private int asked;
    private int keys;

    Changes(Cluster cluster, Run run, Tally tally) {
        this.cluster = cluster;
        this.run = run;
        this.tally = tally;
    }

    /** From now on this run says how long to go on. */
    void goOnFor(Run newRun) {
        run = newRun;
    }

    /**
     * Asks until it is accepted.
     *
     * @return its id, 0 of one with nothing to do; null if it was refused for good, or not accepted in time
     */
    @Nullable
    Long begin(String words) {
        keys++;
        String question = "change campaign-" + keys + " " + words;
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < deadline && !run.isOver()) {
            String answer = ask(question);
            if (answer != null && answer.startsWith(MemberChanges.ACCEPTED)) {
                long id = Long.parseLong(answer.substring(MemberChanges.ACCEPTED.length()));
                tally.count("changes of members accepted");
                if (id != 0) {
                    open.put(id, words);
                }
                return id;
            }
            if (answer != null && answer.startsWith(MemberChanges.REFUSED)) {
                String reason = answer.split(" ", 3)[1];
                tally.count("changes of members refused, " + reason);
                if (!PASSING.contains(reason)) {
                    run.problem("the change '" + words + "' was " + answer);
                    return null;
                }
            }
            run.pause(LOOK_MILLIS);
        }
        return null;
    }

    /** Waits for the end of a change, and gives its state; null if it has not ended in time. */
    @Nullable
    String awaitEnd(long id) {
        if (id == 0) {
            return DONE;
        }
        var state = new AtomicReference<@Nullable String>();
        boolean unused = await(PATIENCE_NANOS, view -> {
            state.set(view.ended().get(id));
            return state.get() != null;
        });
        return state.get();
    }

    /** Whether a change was accepted, and is done. */
    boolean done(String words) {
        Long id = begin(words);
        return id != null && DONE.equals(awaitEnd(id));
    }

    /** Asks for the end of a change before its next step; what came of that is seen by its state. */
    void cancel(long id) {
        String unused = ask("cancel " + id);
    }

    /** Waits until the members, as a leader sees them, are as they are wanted; whether they are. */
    boolean await(long nanos, Predicate<GroupView> wanted) {
        long deadline = System.nanoTime() + nanos;
        while (System.nanoTime() < deadline && !run.isOver()) {
            var view = look();
            if (view.leaderId() != 0 && wanted.test(view)) {
                return true;
            }
            run.pause(LOOK_MILLIS);
        }
        return false;
    }

    /** The members as a leader sees them, or as somebody knows them if none says. */
    GroupView look() {
        String answer = ask("members");
        var view = answer == null || answer.startsWith("failed")
                ? new GroupView(0, 0, "", Map.of(), List.of())
                : GroupView.valueOf(answer);
        view.ended().forEach((id, state) -> {
            if (open.remove(id) != null) {
                tally.count("changes of members ended, " + state);
            }
        });
        return view;
    }

    /** What was accepted and is not known to have ended. */
    List<String> unended() {
        var unended = new ArrayList<String>();
        open.forEach((id, words) -> unended.add("change " + id + ", '" + words + "', was accepted and has not ended"));
        return unended;
    }

    private @Nullable String ask(String question) {
        var alive = cluster.alive();
        if (alive.isEmpty()) {
            return null;
        }
        asked++;
        return Answers.within(ANSWER_MILLIS, alive.get(asked % alive.size()).ask(question));
    }
}
