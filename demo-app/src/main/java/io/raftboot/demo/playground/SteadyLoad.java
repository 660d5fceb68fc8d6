package io.raftboot.demo.playground;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes one thing after the other at a steady rate, on a thread of its own, and waits for the outcome of each before the next. No write is
 * sent again. Any thread.
 */
final class SteadyLoad implements Runnable {
    /** Key that it writes. */
    static final String KEY = "steady";

    /** The one account and the other. */
    static final String ALICE = "alice";

    static final String BOB = "bob";

    private static final long OPENING_BALANCE = 1_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final LoadSettings settings;
    private final MemberClient client;
    private final Failovers failovers;
    private final BooleanSupplier watched;
    private final LoadTally tally = new LoadTally();
    private final long beganNanos = System.nanoTime();
    private volatile @Nullable String endedBecause;
    private volatile boolean over;

    // Owned by its thread.

    private long through;
    private boolean accountsOpened;

    /** @param watched whether somebody still looks */
    SteadyLoad(LoadSettings settings, MemberClient client, Failovers failovers, BooleanSupplier watched) {
        this.settings = settings;
        this.client = client;
        this.failovers = failovers;
        this.watched = watched;
        this.through = settings.through() == 0 ? 1 : settings.through();
    }

    LoadSettings settings() {
        return settings;
    }

    LoadTally tally() {
        return tally;
    }

    /** Why it has ended, or is about to; null while it goes on. */
    @Nullable
    String endedBecause() {
        return endedBecause;
    }

    /** Whether its newest write has its outcome, and there will be no other. */
    boolean isOver() {
        return over;
    }

    /** No write is begun from now on. */
    synchronized void end(String reason) {
        if (endedBecause == null) {
            endedBecause = reason;
        }
        notifyAll();
    }

    @Override
    public void run() {
        long number = 0;
        try {
            while (goesOn()) {
                long begunNanos = System.nanoTime();
                // A number of its own for each, so that one of unknown outcome is seen if it comes in all the same.
                Write write = settings.kind().write(number++);
                CallResult result = client.write(through, write).join();
                tally.add(result);
                if (result.outcome().isAnswered()) {
                    failovers.acknowledged(begunNanos);
                } else if (settings.through() == 0) {
                    // As a client does that knows all addresses. The write is not sent again: another one is.
                    through = through % LoadSettings.MEMBERS + 1;
                }
                if (result.outcome() == CallOutcome.FORBIDDEN && !accountsOpened) {
                    openAccounts();
                }
                await(begunNanos + NANOS_PER_SECOND / settings.perSecond());
            }
        } finally {
            over = true;
            failovers.loadEnded();
        }
    }

    /** A transfer is forbidden while there are no accounts; where there are, it is for another reason that this does not change. */
    private void openAccounts() {
        accountsOpened = true;
        for (String account : new String[] {ALICE, BOB}) {
            var unused = client.write(through, new Write.Open(account, OPENING_BALANCE))
                    .join();
        }
    }

    private boolean goesOn() {
        if (!watched.getAsBoolean()) {
            end("no page has looked at it for " + Playground.WATCHED_SECONDS + " seconds");
        } else if (System.nanoTime() - beganNanos > LoadSettings.LONGEST_SECONDS * NANOS_PER_SECOND) {
            end("it ran for " + LoadSettings.LONGEST_SECONDS / 60 + " minutes, which is the most");
        }
        return endedBecause == null;
    }

    private synchronized void await(long untilNanos) {
        long leftNanos = untilNanos - System.nanoTime();
        while (leftNanos > 0 && endedBecause == null) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
            } catch (InterruptedException e) {
                end("the demo ends");
            }
            leftNanos = untilNanos - System.nanoTime();
        }
    }
}
