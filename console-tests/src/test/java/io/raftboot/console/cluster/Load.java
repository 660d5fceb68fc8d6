package io.raftboot.console.cluster;

import io.raftboot.spring.RaftCallException;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftCallScope;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Callers of all members of a cluster, who ask now for more and now for less: commands of two state machines, of which some fail and
 * some have keys, and queries. On a thread for each member, until it is closed.
 */
public final class Load implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private static final int MOST_AT_ONCE = 6;

    /** Of how many commands one has a key. */
    private static final int KEYS = 20;

    private final ScheduledExecutorService threads;
    private final AtomicLong calls = new AtomicLong();

    private Load(Cluster cluster) {
        threads = Executors.newScheduledThreadPool(cluster.members().size());
        for (Member member : cluster.members()) {
            var caller = new Caller(member, new SplittableRandom(member.id()), calls);
            var unused = threads.scheduleWithFixedDelay(caller, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Begins. */
    public static Load on(Cluster cluster) {
        return new Load(cluster);
    }

    /** Calls that were answered. Any thread. */
    public long calls() {
        return calls.get();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(Cluster.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("callers of the load do not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Caller(Member member, SplittableRandom random, AtomicLong calls) implements Runnable {
        @Override
        public void run() {
            // As a day has it, in half a minute.
            double tide = 1 + Math.sin(System.nanoTime() / 5e9);
            int wanted = 1 + random.nextInt((int) (tide * MOST_AT_ONCE / 2) + 1);
            for (int call = 0; call < wanted; call++) {
                try {
                    call();
                    calls.incrementAndGet();
                } catch (IllegalArgumentException tooFew) {
                    // Some commands fail.
                } catch (RaftCallException | IllegalStateException notNow) {
                    // Members stop, and change who leads.
                    return;
                }
            }
        }

        private void call() {
            var inventory = member.bean(Inventory.class);
            var orders = member.bean(Orders.class);
            String sku = "sku-" + random.nextInt(40);
            switch (random.nextInt(8)) {
                case 0, 1 -> inventory.add(sku, 1 + random.nextInt(9));
                case 2 -> inventory.take(sku, 1 + random.nextInt(9));
                case 3 -> place(orders, "order-" + random.nextInt(10_000));
                case 4 -> orders.ship("order-" + random.nextInt(10_000));
                case 5 -> orders.waiting();
                default -> inventory.count(sku);
            }
        }

        private void place(Orders orders, String order) {
            if (random.nextInt(KEYS) > 0) {
                orders.place(order);
                return;
            }
            var options = RaftCallOptions.defaults().withIdempotencyKey(order + "-" + random.nextLong());
            RaftCallScope.detached(options).run(() -> orders.place(order));
        }
    }
}
