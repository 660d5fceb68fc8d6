package io.raftboot.demo.process;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One caller that sends one command after the other, each with an id of its own, and remembers what it was told of each: in turn a transfer
 * in the database, and a compare-and-set in memory that counts up. It stays with one member while that is in service and answers. One that
 * repeats sends a command again under its idempotency key, to the next member, until it has the result; one that does not sends its
 * transfers once and without a key, and takes what it is told. Owned by its thread until that has ended.
 */
final class Caller implements Runnable {
    private static final long PACE_MILLIS = 25;
    private static final long PAUSE_MILLIS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String PATH = "/transfers";

    private final int number;
    private final boolean repeats;
    private final Supplier<List<MemberProcess>> inService;
    private final Timeline timeline;
    private final CountDownLatch stopped;

    /** A latch that is never counted down: whoever waits for it only keeps a distance. */
    private final CountDownLatch pause = new CountDownLatch(1);

    /** Fates of the transfers to each account, in order. */
    private final List<List<Fate>> transfers = new ArrayList<>();

    private final String run;
    private int counted;
    private int turn;
    private @Nullable MemberProcess member;
    private volatile @Nullable Throwable failure;

    /** What a caller knows of a command. */
    private enum Fate {
        ACKNOWLEDGED,
        REFUSED,
        UNKNOWN
    }

    /** @param run the same for all callers of a group, and for no others of it */
    Caller(
            String run,
            int number,
            boolean repeats,
            Supplier<List<MemberProcess>> inService,
            Timeline timeline,
            CountDownLatch stopped) {
        this.run = run;
        this.number = number;
        this.repeats = repeats;
        this.inService = inService;
        this.timeline = timeline;
        this.stopped = stopped;
        this.turn = number;
    }

    @Override
    public void run() {
        try {
            while (!stopped.await(PACE_MILLIS, TimeUnit.MILLISECONDS)) {
                transfer();
                if (repeats) {
                    count();
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void transfer() throws InterruptedException {
        if (transfers.isEmpty() || transfers.get(transfers.size() - 1).size() == Account.TRANSFERS) {
            int block = transfers.size();
            open(payer(block), Account.PAID_IN);
            open(payee(block), 0);
            transfers.add(new ArrayList<>());
        }
        int block = transfers.size() - 1;
        var fates = transfers.get(block);
        String body = "{\"from\":\"" + payer(block) + "\",\"to\":\"" + payee(block) + "\",\"amount\":"
                + Account.amount(fates.size()) + "}";
        fates.add(send(PATH, body, repeats ? payee(block) + "-" + fates.size() : null, "\"amount\""));
    }

    private void open(String account, long balance) throws InterruptedException {
        String body = "{\"id\":\"" + account + "\",\"balance\":" + balance + "}";
        send("/accounts", body, "open-" + account, "\"balance\"");
    }

    private void count() throws InterruptedException {
        String expected = counted == 0 ? "null" : "\"" + counted + "\"";
        String body = "{\"expected\":" + expected + ",\"update\":\"" + (counted + 1) + "\"}";
        send("/kv/" + counter() + "/compare-and-set", body, counter() + "-" + counted, "\"swapped\":true");
        counted++;
    }

    private String payer(int block) {
        return "payer-" + run + "-" + number + "-" + block;
    }

    private String payee(int block) {
        return "payee-" + run + "-" + number + "-" + block;
    }

    /** Key whose value is how many commands of this caller took place in memory. */
    String counter() {
        return "count-" + run + "-" + number;
    }

    /** @param key null for a command that is sent once */
    private Fate send(String path, String body, @Nullable String key, String wanted) throws InterruptedException {
        long begin = System.nanoTime();
        int refusals = 0;
        int unanswered = 0;
        while (true) {
            var response = attempt(path, body, key);
            boolean answered = response != null && isDone(response, path, body, wanted);
            boolean refused = response != null && !answered && isRefused(response, path, body);
            refusals += refused ? 1 : 0;
            unanswered += answered || refused ? 0 : 1;
            boolean tooLate = System.nanoTime() - begin > PATIENCE.toNanos();
            if (answered || key == null || tooLate) {
                timeline.add(new Timeline.Command(begin, System.nanoTime(), refusals, unanswered, answered));
            }
            if (answered || key == null) {
                return answered ? Fate.ACKNOWLEDGED : refused ? Fate.REFUSED : Fate.UNKNOWN;
            }
            if (tooLate) {
                throw new AssertionError(path + " " + body + " has had no result for " + PATIENCE
                        + ", the last answer was " + (response == null ? "none" : response.body()));
            }
            boolean unused = pause.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static boolean isDone(HttpResponse<String> response, String path, String body, String wanted) {
        boolean done = response.statusCode() == 200;
        if (done && !response.body().contains(wanted)) {
            throw new AssertionError(path + " " + body + " came to " + response.body());
        }
        return done;
    }

    private static boolean isRefused(HttpResponse<String> response, String path, String body) {
        if (response.statusCode() < 500) {
            throw new AssertionError(
                    path + " " + body + " was answered " + response.statusCode() + " " + response.body());
        }
        return response.body().contains("\"outcome\":\"refused\"");
    }

    /** Null without an answer. After anything but success the next attempt is another member's. */
    private @Nullable HttpResponse<String> attempt(String path, String body, @Nullable String key) {
        var present = inService.get();
        if (member == null || !present.contains(member)) {
            turn++;
            member = present.get(turn % present.size());
        }
        var asked = member;
        HttpResponse<String> response = null;
        try {
            response = key == null ? asked.post(path, body) : asked.post(path, body, key);
        } catch (IOException e) {
            // The process has ended, or does not answer: nobody knows what became of it.
        }
        if (response == null || response.statusCode() != 200) {
            turn++;
            member = present.get(turn % present.size());
        }
        return response;
    }

    /** Why this caller could not go on; null if it could. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** How many accounts it has moved something to. */
    int blocks() {
        return transfers.size();
    }

    /** How many commands it was told the result of, in memory. */
    int counted() {
        return counted;
    }

    /**
     * What does not fit to what this caller was told.
     *
     * @param balances of all accounts, by their ids
     */
    List<String> wrong(Map<String, Long> balances) {
        List<String> wrong = new ArrayList<>();
        for (int block = 0; block < transfers.size(); block++) {
            long moved = balances.getOrDefault(payee(block), 0L);
            var fates = transfers.get(block);
            for (int i = 0; i < Account.TRANSFERS; i++) {
                int count = Account.count(moved, i);
                boolean fits = i >= fates.size()
                        ? count == 0
                        : switch (fates.get(i)) {
                            case ACKNOWLEDGED -> count == 1;
                            case REFUSED -> count == 0;
                            case UNKNOWN -> count <= 1;
                        };
                if (!fits) {
                    wrong.add("transfer " + i + " to " + payee(block) + ", "
                            + (i < fates.size() ? fates.get(i) : "not sent") + ", took place " + count + " times");
                }
            }
            if (balances.getOrDefault(payer(block), 0L) != Account.PAID_IN - moved) {
                wrong.add(payer(block) + " has " + balances.get(payer(block)) + ", and " + moved + " were moved");
            }
        }
        return wrong;
    }
}
