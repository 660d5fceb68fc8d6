package io.raftboot.replica;

import io.raftboot.proof.Observer;
import java.util.concurrent.atomic.AtomicInteger;

/** How much a member has of what must not grow without a bound. */
final class Amounts {
    /** What the member submits for itself finds room always. */
    private static final int OWN_COMMANDS = 16;

    /** Snapshots come late, because members take turns, and the log is cut at the ends of segments only. */
    private static final int INTERVALS = 3;

    private static final int MORE_ENTRIES = 5_000;

    private final Observer observer;

    Amounts(Observer observer) {
        this.observer = observer;
    }

    void look(long id, RunningMember member) {
        var parts = member.parts;
        var config = parts.config;
        var pending = new AtomicInteger();
        parts.pending.forEach(command -> pending.incrementAndGet());
        observer.amount(id, "commands under way", pending.get(), config.maxPendingCommands() + OWN_COMMANDS);
        var policy = config.snapshots();
        var reader = parts.opening.storage().reader();
        observer.amount(
                id,
                Observer.LOG_ENTRIES,
                reader.lastIndex() + 1 - reader.firstIndex(),
                INTERVALS * policy.intervalEntries() + policy.keepEntries() + MORE_ENTRIES);
        for (var slot : parts.machines.byName().values()) {
            var size = slot.sessions().size();
            observer.amount(id, "sessions", size.sessions(), config.sessions().maxSessions());
            observer.amount(id, "keys", size.keys(), config.sessions().maxKeys());
        }
    }
}
