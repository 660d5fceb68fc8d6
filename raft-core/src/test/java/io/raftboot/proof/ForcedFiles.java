package io.raftboot.proof;

import io.raftboot.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of the log of one machine, as far as they were forced: their bytes by a force of the file, their names by one of the
 * directory. What is durable of both is read into a {@link ForcedLog}, by the description of the format and with nothing of the
 * code that writes it. Outlives the processes of its member, as the disk does.
 */
public final class ForcedFiles {
    private static final String SEGMENT = ".wal";
    private static final String UNFINISHED = ".wal.tmp";

    private final long member;
    private final Observer observer;
    private final Map<Path, SegmentBytes> files = new TreeMap<>();
    private final LogRecords records = new LogRecords();
    private ForcedLog log;
    private boolean recovering;
    private boolean leftUnforced;
    private @Nullable Path unforced;

    public ForcedFiles(long member, Observer observer) {
        this.member = member;
        this.observer = observer;
        this.log = new ForcedLog(member, observer);
    }

    public ForcedLog log() {
        return log;
    }

    static boolean isOfLog(Path path) {
        var name = path.toString();
        return name.endsWith(SEGMENT) || name.endsWith(UNFINISHED);
    }

    /** A process begins, on what the one before has left. */
    void mounted() {
        recovering = true;
        leftUnforced = unforced != null;
        if (leftUnforced) {
            observer.happened(member, Sometimes.CRASH_BEFORE_FORCE);
        }
    }

    /** A directory is made, in the place of whatever was there. */
    void begin() {
        files.clear();
        records.begin();
        unforced = null;
        log = new ForcedLog(member, observer);
        observer.begunAnew(member, log);
    }

    void created(Path file) {
        if (isOfLog(file)) {
            files.put(file, new SegmentBytes());
        }
    }

    void renamed(Path from, Path to) {
        var file = files.remove(from);
        if (file != null) {
            file.named = false;
            files.put(to, file);
        }
    }

    void deleted(Path file) {
        if (files.remove(file) != null && file.toString().endsWith(SEGMENT)) {
            observer.happened(member, Sometimes.SEGMENT_DELETED);
        }
    }

    void written(Path file, long position) {
        if (position >= SegmentBytes.HEADER_SIZE) {
            unforced = file;
        }
    }

    void zeroed(Path file, long position) {
        if (position >= SegmentBytes.HEADER_SIZE && file.toString().endsWith(SEGMENT) && recovering) {
            observer.happened(member, Sometimes.TORN_BATCH_CUT);
        }
    }

    void failed() {
        observer.happened(member, Sometimes.FORCE_FAILED);
    }

    void forced(Path path, DiskFile file) throws IOException {
        var segment = files.computeIfAbsent(path, unused -> new SegmentBytes());
        unforced = null;
        segment.read(file, records.next());
        if (segment.named) {
            apply(segment);
        }
    }

    void directoryForced(Path directory) throws IOException {
        for (var file : files.entrySet()) {
            var segment = file.getValue();
            if (!segment.named
                    && directory.equals(file.getKey().getParent())
                    && file.getKey().toString().endsWith(SEGMENT)) {
                segment.named = true;
                apply(segment);
            }
        }
        if (directory.endsWith("wal")) {
            recovering = false;
        }
    }

    private void apply(SegmentBytes segment) throws IOException {
        int count = records.apply(segment.takeBatches(), log);
        if (count > 0) {
            if (recovering && leftUnforced) {
                observer.happened(member, Sometimes.UNFORCED_BATCH_SURVIVED);
            }
            log.forced();
        }
    }
}
