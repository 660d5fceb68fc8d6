package io.raftboot.storage.snapshot;

import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.log.EndCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot: named sections of any length, one for each state machine, written and read as streams. Never in memory as
 * a whole.
 */
public final class SnapshotFile {
    private SnapshotFile() {}

    /** What a writer tells the store when it is done. */
    interface Completion extends EndCheck {
        Snapshot commit(DiskFile file, SnapshotCheck check) throws IOException;

        void abort(DiskFile file) throws IOException;
    }

    /**
     * Writes a snapshot. For one thread; nothing appears in the store before {@link #commit}. Closing without a commit is
     * {@link #abort}. After an exception only that may be called. Once the store has {@linkplain SnapshotWrites#endAll ended},
     * each write throws {@link InterruptedIOException}.
     */
    public static final class Writer implements AutoCloseable {
        private final DiskFile file;
        private final Completion completion;
        private final Set<String> names = new HashSet<>();
        private final ByteBuffer buffer =
                ByteBuffer.allocateDirect(SnapshotFormat.BUFFER_SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private final CRC32C crc = new CRC32C();
        private long position;
        private long forcedPosition;
        private boolean sectionOpen;
        private boolean done;

        Writer(DiskFile file, byte[] header, Completion completion) throws IOException {
            this.file = file;
            this.completion = completion;
            write(header, 0, header.length);
        }

        /**
         * Begins a section. The stream is buffered, and is to be closed before the next section or the commit.
         *
         * @throws IllegalArgumentException if there is a section of that name already
         */
        public OutputStream section(String name) throws IOException {
            checkNotDone();
            if (sectionOpen) {
                throw new IllegalStateException("the section before " + name + " was not closed");
            }
            var bytes = name.getBytes(StandardCharsets.UTF_8);
            if (bytes.length > SnapshotFormat.MAX_FRAME_BODY_BYTES) {
                throw new IllegalArgumentException("the name of a section is too long: " + bytes.length + " bytes");
            }
            if (!names.add(name)) {
                throw new IllegalArgumentException("there is a section " + name + " already");
            }
            sectionOpen = true;
            frame(SnapshotFormat.SECTION, bytes, bytes.length);
            return new SectionOutput();
        }

        /** As {@link #commit(SnapshotCheck)}, with a look at the checksum alone. */
        public Snapshot commit() throws IOException {
            return commit(SnapshotCheck.CHECKSUM_ALONE);
        }

        /**
         * Makes the snapshot durable, reads it back, and only then makes it visible. What does not hold is deleted.
         *
         * @param check asked when all bytes are durable and their checksum was read back
         * @throws IOException as of the check, as any other exception or Error of it; there is no snapshot then
         */
        public Snapshot commit(SnapshotCheck check) throws IOException {
            checkNotDone();
            if (sectionOpen) {
                throw new IllegalStateException("a section was not closed");
            }
            frame(SnapshotFormat.END, new byte[0], 0);
            drain();
            completion.checkNotEnded();
            var trailer = SnapshotFormat.little(SnapshotFormat.CHECKSUM_SIZE).putInt(0, (int) crc.getValue());
            file.write(trailer, position);
            done = true;
            return completion.commit(file, check);
        }

        /** Deletes what was written. Does nothing after a commit. */
        public void abort() throws IOException {
            if (!done) {
                done = true;
                completion.abort(file);
            }
        }

        @Override
        public void close() throws IOException {
            abort();
        }

        private void checkNotDone() {
            if (done) {
                throw new IllegalStateException("the snapshot is complete, or was given up");
            }
        }

        private void frame(byte type, byte[] body, int length) throws IOException {
            if (buffer.remaining() < SnapshotFormat.FRAME_HEADER_SIZE) {
                drain();
            }
            buffer.put(type).putInt(length);
            write(body, 0, length);
        }

        private void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; ) {
                if (!buffer.hasRemaining()) {
                    drain();
                }
                int count = Math.min(buffer.remaining(), length - done);
                buffer.put(bytes, offset + done, count);
                done += count;
            }
        }

        private void drain() throws IOException {
            completion.checkNotEnded();
            buffer.flip();
            int count = buffer.remaining();
            crc.update(buffer);
            buffer.flip();
            file.write(buffer, position);
            position += count;
            buffer.clear();
            if (position - forcedPosition >= SnapshotFormat.FORCE_INTERVAL_BYTES) {
                file.force();
                forcedPosition = position;
            }
        }

        private final class SectionOutput extends OutputStream {
            private final byte[] body = new byte[SnapshotFormat.MAX_FRAME_BODY_BYTES];
            private int length;
            private boolean closed;

            @Override
            public void write(int value) throws IOException {
                checkOpen();
                body[length++] = (byte) value;
                if (length == body.length) {
                    flushFrame();
                }
            }

            @Override
            public void write(byte[] bytes, int offset, int count) throws IOException {
                Objects.checkFromIndexSize(offset, count, bytes.length);
                checkOpen();
                for (int copied = 0; copied < count; ) {
                    int part = Math.min(body.length - length, count - copied);
                    System.arraycopy(bytes, offset + copied, body, length, part);
                    length += part;
                    copied += part;
                    if (length == body.length) {
                        flushFrame();
                    }
                }
            }

            @Override
            public void close() throws IOException {
                if (closed || done) {
                    return;
                }
                closed = true;
                flushFrame();
                frame(SnapshotFormat.SECTION_END, body, 0);
                sectionOpen = false;
            }

            private void checkOpen() throws IOException {
                if (closed || done) {
                    throw new IOException("the section is closed");
                }
                completion.checkNotEnded();
            }

            private void flushFrame() throws IOException {
                if (length > 0) {
                    frame(SnapshotFormat.DATA, body, length);
                    length = 0;
                }
            }
        }
    }

    /**
     * Reads a snapshot whose checksum was verified. May be used by several threads, each with streams of its own; it reads on
     * if the snapshot is deleted meanwhile.
     */
    public static final class Reader implements AutoCloseable {
        private final DiskFile file;
        private final Path path;
        private final Snapshot snapshot;
        private final EndCheck end;
        private final Map<String, Long> sections = new LinkedHashMap<>();

        /** Verifies everything; the file is closed if that fails. */
        Reader(DiskFile file, Path path, Snapshot expected) throws IOException {
            this(file, path, expected, EndCheck.NONE);
        }

        /**
         * As {@link #Reader(DiskFile, Path, Snapshot)}.
         *
         * @param end asked before each read
         */
        Reader(DiskFile file, Path path, Snapshot expected, EndCheck end) throws IOException {
            this.file = file;
            this.path = path;
            this.snapshot = expected;
            this.end = end;
            try {
                SnapshotFormat.verify(file, path, expected, end);
                findSections();
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        }

        /** Where in the log it is, with the configuration there, and what its file is. */
        public Snapshot snapshot() {
            return snapshot;
        }

        /** The names of the sections, in the order in which they were written. */
        public Set<String> sections() {
            return Collections.unmodifiableSet(sections.keySet());
        }

        /** A section from its beginning, buffered; null if there is none of that name. */
        public @Nullable InputStream section(String name) {
            var start = sections.get(name);
            return start == null ? null : new SectionInput(start);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }

        private void findSections() throws IOException {
            long at = SnapshotFormat.framesAt(file);
            for (var frame = frame(at); frame.type() != SnapshotFormat.END; frame = frame(at)) {
                at += SnapshotFormat.FRAME_HEADER_SIZE + frame.length();
                if (frame.type() == SnapshotFormat.SECTION) {
                    var name = ByteBuffer.allocate(frame.length());
                    file.read(name, at - frame.length());
                    sections.put(new String(name.array(), StandardCharsets.UTF_8), at);
                }
            }
        }

        private Frame frame(long at) throws IOException {
            end.checkNotEnded();
            var header = SnapshotFormat.little(SnapshotFormat.FRAME_HEADER_SIZE);
            file.read(header, at);
            var frame = new Frame(header.get(0), header.getInt(1));
            boolean plausible = !header.hasRemaining()
                    && frame.type() >= SnapshotFormat.SECTION
                    && frame.type() <= SnapshotFormat.END
                    && frame.length() >= 0
                    && frame.length() <= SnapshotFormat.MAX_FRAME_BODY_BYTES;
            if (!plausible) {
                throw new CorruptionException(path, at, "the snapshot is damaged");
            }
            return frame;
        }

        private final class SectionInput extends InputStream {
            private final ByteBuffer body =
                    ByteBuffer.allocate(SnapshotFormat.MAX_FRAME_BODY_BYTES).limit(0);
            private long position;
            private boolean ended;

            SectionInput(long position) {
                this.position = position;
            }

            @Override
            public int read() throws IOException {
                return hasMore() ? body.get() & 0xff : -1;
            }

            @Override
            public int read(byte[] target, int offset, int count) throws IOException {
                Objects.checkFromIndexSize(offset, count, target.length);
                if (count == 0) {
                    return 0;
                }
                if (!hasMore()) {
                    return -1;
                }
                int part = Math.min(count, body.remaining());
                body.get(target, offset, part);
                return part;
            }

            @Override
            public int available() {
                return body.remaining();
            }

            private boolean hasMore() throws IOException {
                while (!body.hasRemaining() && !ended) {
                    var frame = frame(position);
                    if (frame.type() == SnapshotFormat.DATA) {
                        body.clear().limit(frame.length());
                        file.read(body, position + SnapshotFormat.FRAME_HEADER_SIZE);
                        if (body.hasRemaining()) {
                            throw new CorruptionException(path, position, "the snapshot ends within a section");
                        }
                        body.flip();
                        position += SnapshotFormat.FRAME_HEADER_SIZE + frame.length();
                    } else {
                        ended = true;
                    }
                }
                return body.hasRemaining();
            }
        }

        private record Frame(byte type, int length) {}
    }
}
