package io.raftboot.storage.log;

import io.raftboot.raft.CompactedException;
import io.raftboot.raft.EntriesTemporarilyUnavailableException;
import io.raftboot.raft.InitialState;
import io.raftboot.raft.SnapshotTemporarilyUnavailableException;
import io.raftboot.raft.Storage;
import io.raftboot.raft.StorageException;
import io.raftboot.raft.UnavailableException;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The log as a core reads it that must not wait for the disk. What the {@link LogReader} has in memory it gives; entries
 * that are in the segments only it refuses, and has a {@link LogFetcher} read a window of them, which the core finds when it
 * asks again. Owned by the thread that drives the core, like the reader.
 *
 * <p>Windows that a follower or the apply stage reads on through are fetched ahead. All windows together, those under way
 * included, are {@value #MAX_WINDOWS} at most, each of {@link #windowBytes} or of one entry.
 *
 * <p>An entry is given only if the log has one of its term at its index now. Two logs, or the same one at two times, that
 * have an entry of the same index and term have the same entries up to there; so nothing has to be said to the windows when the
 * log is cut or begins anew behind a snapshot.
 */
public final class FetchedLog implements Storage {
    private static final int MAX_WINDOWS = 4;

    /** Entries in one window, with what they take in the heap beside their bytes. */
    private static final long MAX_WINDOW_BYTES = 1024 * 1024;

    private static final long MIN_WINDOW_BYTES = 64 * 1024;

    private final LogReader reader;
    private final LogFetcher fetcher;
    private final long windowBytes;

    /** Least recently used first. */
    private final List<Window> windows = new ArrayList<>(MAX_WINDOWS);

    private final List<Fetch> underWay = new ArrayList<>(MAX_WINDOWS);
    private Consumer<Runnable> owner = Runnable::run;
    private long knownFirstIndex;
    private boolean closed;

    /** Entries without a gap, as they were read. */
    private static final class Window {
        private final List<Entry> entries;
        private final long firstIndex;
        private boolean readToItsEnd;

        Window(List<Entry> entries) {
            this.entries = entries;
            this.firstIndex = entries.get(0).getIndex();
        }

        boolean holds(long index) {
            return index >= firstIndex && index < endIndex();
        }

        long endIndex() {
            return firstIndex + entries.size();
        }
    }

    /**
     * A window to be read.
     *
     * @param reset how often the log had begun anew then
     */
    private record Fetch(LogReader.Span span, long reset) {
        boolean covers(long index) {
            return index >= span.low() && index < span.high();
        }
    }

    public FetchedLog(LogReader reader, LogFetcher fetcher, long cacheSizeBytes) {
        this.reader = reader;
        this.fetcher = fetcher;
        this.windowBytes = Math.max(MIN_WINDOW_BYTES, Math.min(MAX_WINDOW_BYTES, cacheSizeBytes / MAX_WINDOWS));
        this.knownFirstIndex = reader.firstIndex();
    }

    /**
     * Says how to run a task on the thread that drives the core; to be called before anything is asked for. A task says
     * that a window has come, after which the core has to be told so, or throws because the disk failed: {@link
     * UncheckedIOException}, upon which the member must stop.
     */
    public void answerOn(Consumer<Runnable> newOwner) {
        owner = newOwner;
    }

    /** Any thread: for how long the read that is under way has been so; 0 if none is. */
    public long underWayNanos() {
        return fetcher.underWayNanos();
    }

    /** The reader has compacted, or begun anew behind a snapshot: files may be about to be deleted, and must not stay open. */
    public void shortened() {
        if (reader.firstIndex() != knownFirstIndex) {
            knownFirstIndex = reader.firstIndex();
            windows.removeIf(window -> window.endIndex() <= knownFirstIndex);
            fetcher.closeFiles();
        }
    }

    /** Nobody asks any more: what is still read goes nowhere. */
    public void end() {
        closed = true;
        windows.clear();
    }

    @Override
    public InitialState initialState() {
        return reader.initialState();
    }

    @Override
    public List<Entry> entries(long low, long high, long maxSizeBytes)
            throws CompactedException, UnavailableException, EntriesTemporarilyUnavailableException {
        if (low < reader.firstIndex() || high > reader.lastIndex() + 1 || low >= reader.cachedFrom()) {
            return reader.entries(low, high, maxSizeBytes);
        }
        var window = window(low);
        if (window == null) {
            fetch(low);
            throw new EntriesTemporarilyUnavailableException();
        }
        return entries(window, low, Math.min(high, window.endIndex()), maxSizeBytes);
    }

    @Override
    public long term(long index) throws CompactedException, UnavailableException {
        return reader.term(index);
    }

    @Override
    public long firstIndex() {
        return reader.firstIndex();
    }

    @Override
    public long lastIndex() {
        return reader.lastIndex();
    }

    @Override
    public Snapshot snapshot() throws SnapshotTemporarilyUnavailableException {
        return reader.snapshot();
    }

    private List<Entry> entries(Window window, long low, long high, long maxSizeBytes) {
        var result = new LogReader.LimitedEntries(maxSizeBytes, 0);
        for (long next = low; next < high && !result.isFull(); next++) {
            result.add(window.entries.get((int) (next - window.firstIndex)));
        }
        var entries = result.toList();
        window.readToItsEnd |= low + entries.size() == window.endIndex();
        fetchAhead(window.endIndex());
        return entries;
    }

    private @Nullable Window window(long index) {
        for (int i = windows.size() - 1; i >= 0; i--) {
            var window = windows.get(i);
            if (window.holds(index)) {
                if (isOfThisLog(window.entries.get(window.entries.size() - 1))) {
                    windows.add(windows.remove(i));
                    return window;
                }
                windows.remove(i);
            }
        }
        return null;
    }

    private boolean isOfThisLog(Entry entry) {
        try {
            return reader.term(entry.getIndex()) == entry.getTerm();
        } catch (StorageException e) {
            return false;
        }
    }

    private void fetchAhead(long index) {
        long inUse = windows.stream().filter(window -> !window.readToItsEnd).count();
        boolean there = index >= Math.min(reader.cachedFrom(), reader.lastIndex() + 1)
                || windows.stream().anyMatch(window -> window.holds(index));
        if (!there && inUse + underWay.size() < MAX_WINDOWS) {
            fetch(index);
        }
    }

    private void fetch(long index) {
        // With as many under way as there may be, one of them ends, and whoever wanted this one asks again then.
        if (closed || underWay.size() >= MAX_WINDOWS || underWay.stream().anyMatch(fetch -> fetch.covers(index))) {
            return;
        }
        var fetch = new Fetch(reader.span(index, windowBytes), reader.resets());
        underWay.add(fetch);
        fetcher.fetch(
                fetch.span(), windowBytes, (entries, failure) -> owner.accept(() -> fetched(fetch, entries, failure)));
    }

    private void fetched(Fetch fetch, List<Entry> entries, @Nullable IOException failure) {
        underWay.remove(fetch);
        if (closed) {
            return;
        }
        if (failure != null) {
            // Files of what was compacted since are deleted, perhaps under the reader's hands.
            if (fetch.reset() == reader.resets() && fetch.span().low() >= reader.firstIndex()) {
                throw new UncheckedIOException(failure);
            }
        } else if (!entries.isEmpty()) {
            keep(new Window(entries));
        }
    }

    private void keep(Window window) {
        windows.removeIf(other -> other.firstIndex == window.firstIndex);
        if (windows.size() == MAX_WINDOWS) {
            var read = windows.stream().filter(other -> other.readToItsEnd).findFirst();
            windows.remove(read.orElse(windows.get(0)));
        }
        windows.add(window);
    }
}
