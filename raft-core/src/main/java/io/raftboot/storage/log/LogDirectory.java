package io.raftboot.storage.log;

import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.RandomIds;
import io.raftboot.storage.disk.SpaceReserve;
import java.nio.file.Path;

/** Where a log is written, and what its writing takes. */
public record LogDirectory(Disk disk, Path path, StorageOptions options, RandomIds ids, SpaceReserve reserve) {}
