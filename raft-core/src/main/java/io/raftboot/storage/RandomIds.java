package io.raftboot.storage;

import java.util.random.RandomGenerator;

/** Draws ids and salts. Locked, because snapshots are made on threads of their own and a given source may not be safe. */
final class RandomIds {
    private final RandomGenerator random;

    RandomIds(RandomGenerator random) {
        this.random = random;
    }

    /** Not 0, which means "none" everywhere. */
    synchronized long next() {
        long id = random.nextLong();
        while (id == 0) {
            id = random.nextLong();
        }
        return id;
    }
}
