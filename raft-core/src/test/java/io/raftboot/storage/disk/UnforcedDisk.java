package io.raftboot.storage.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The real disk, whose forces do nothing once that is asked for: the planted defect that the loss of power must show; and for whoever
 * looks at files, and not at what a loss of power leaves of them, a disk that does not stall because others keep it busy.
 */
public final class UnforcedDisk extends ForwardingDisk {
    private volatile boolean forcing = true;

    /** Forces what it is told to. */
    public UnforcedDisk() {
        super(new RealDisk());
    }

    /** From now on nothing is forced; any thread. */
    public void stopForcing() {
        forcing = false;
    }

    @Override
    protected DiskFile opened(Path path, DiskFile file) {
        return new ForwardingFile(file) {
            @Override
            public void force() throws IOException {
                if (forcing) {
                    super.force();
                }
            }
        };
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (forcing) {
            super.forceDirectory(directory);
        }
    }
}
