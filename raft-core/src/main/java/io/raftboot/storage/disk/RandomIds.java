package io.raftboot.storage.disk;

import java.util.random.RandomGenerator;

/** Draws ids and salts. Locked, because snapshots are made on threads of their own and a given source may not be safe. */
public final class RandomIds {
    private final RandomGenerator random;

    public RandomIds(RandomGenerator random) {
        this.random = random;
    }

    /** Draws an id, which is not 0: that means "none" everywhere. */
    public synchronized long next() {
        long id = random.nextLong();
        while (id == 0) {
            id = random.nextLong();
        }
        return id;
    }
}
