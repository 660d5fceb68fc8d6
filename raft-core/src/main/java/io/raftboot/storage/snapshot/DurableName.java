package io.raftboot.storage.snapshot;

import io.raftboot.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** Gives a file a name that a loss of power does not take away: the log must not go on behind one that could be gone. */
final class DurableName {
    private DurableName() {}

    /**
     * Within its directory. One that has the name keeps it: whoever gave it may have died before it was durable.
     *
     * @throws IOException if nobody knows whether the name is durable. A later force need not say, so the file is deleted as far as that
     *     can be done: whoever wants it makes it anew
     */
    static void give(Disk disk, Path from, Path to) throws IOException {
        var directory = Objects.requireNonNull(to.getParent());
        if (from.equals(to)) {
            disk.forceDirectory(directory);
            return;
        }
        disk.rename(from, to);
        try {
            disk.forceDirectory(directory);
        } catch (IOException | RuntimeException | Error e) {
            try {
                disk.delete(to);
            } catch (IOException | RuntimeException deletion) {
                e.addSuppressed(deletion);
            }
            throw e;
        }
    }
}
