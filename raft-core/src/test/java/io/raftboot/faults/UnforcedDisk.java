package io.raftboot.faults;

import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.ForwardingDisk;
import io.raftboot.storage.disk.RealDisk;
import java.io.IOException;
import java.nio.file.Path;

/** The real disk, whose forces do nothing once that is asked for: the planted defect that the loss of power must show. */
final class UnforcedDisk extends ForwardingDisk {
    private volatile boolean forcing = true;

    UnforcedDisk() {
        super(new RealDisk());
    }

    void stopForcing() {
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
