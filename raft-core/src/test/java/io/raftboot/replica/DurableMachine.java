package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.api.CommandContext;
import io.raftboot.api.DurableStateMachine;
import io.raftboot.api.SnapshotWriter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A state machine for tests that keeps its state itself, in a database that can lose what it has not forced. */
public class DurableMachine implements DurableStateMachine {
    public static final String NAME = "durable";

    private final Database database;

    public DurableMachine(Database database) {
        this.database = database;
    }

    /** What is kept together. */
    private record Content(List<String> rows, Map<String, byte[]> sessionRows, Position position) {
        static final Content NONE = new Content(List.of(), Map.of(), Position.START);
    }

    /** Outlives the processes that use it. */
    public static final class Database {
        private Content content = Content.NONE;
        private Content forced = Content.NONE;
        private boolean forces = true;
        private Runnable beforeExport = () -> {};
        private int exports;
        private int imports;

        synchronized List<String> rows() {
            return content.rows();
        }

        public synchronized Position position() {
            return content.position();
        }

        public synchronized int sessionRows() {
            return content.sessionRows().size();
        }

        synchronized int exports() {
            return exports;
        }

        synchronized int imports() {
            return imports;
        }

        /** To be run by the next export before it looks at the state. */
        synchronized void beforeExport(Runnable action) {
            beforeExport = action;
        }

        public synchronized void moveTo(Position position) {
            content = new Content(content.rows(), content.sessionRows(), position);
        }

        private void runBeforeExport() {
            Runnable action;
            synchronized (this) {
                action = beforeExport;
                beforeExport = () -> {};
            }
            action.run();
        }

        synchronized void losePower() {
            content = forced;
        }

        /** From now on it forces nothing, and says so. */
        synchronized void stopForcing() {
            forces = false;
        }

        synchronized void lose() {
            forced = Content.NONE;
            losePower();
        }

        private synchronized Content content() {
            return content;
        }

        private synchronized void commit(Content changed) {
            content = changed;
        }

        private synchronized long force() {
            if (forces) {
                forced = content;
            }
            return forced.position().appliedIndex();
        }
    }

    /** Of the transaction that is running. */
    private Content changing = Content.NONE;

    @Override
    public Position position() {
        return database.position();
    }

    @Override
    public void readRows(BiConsumer<String, byte[]> reader) {
        database.content().sessionRows().forEach(reader);
    }

    @Override
    public <T> T transact(Callable<T> work) throws Exception {
        changing = database.content();
        T result = work.call();
        database.commit(changing);
        return result;
    }

    @Override
    public void record(long index, Map<String, byte @Nullable []> changes) {
        var sessionRows = new HashMap<>(changing.sessionRows());
        changes.forEach((name, row) -> {
            if (row == null) {
                sessionRows.remove(name);
            } else {
                sessionRows.put(name, row);
            }
        });
        changing = new Content(changing.rows(), Map.copyOf(sessionRows), new Position(index, index));
    }

    @Override
    public long durableIndex() {
        return database.force();
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) {
        var rows = new ArrayList<>(changing.rows());
        rows.add(new String(command, UTF_8));
        changing = new Content(List.copyOf(rows), changing.sessionRows(), changing.position());
        return new byte[0];
    }

    @Override
    public byte[] query(byte[] query) {
        return String.join(",", database.rows()).getBytes(UTF_8);
    }

    /** Of what there is when it is written, which may be newer than when it was asked for. */
    @Override
    public SnapshotWriter snapshot() {
        return out -> {
            database.runBeforeExport();
            Content content;
            synchronized (database) {
                database.exports++;
                content = database.content;
            }
            var data = new DataOutputStream(out);
            data.writeLong(content.position().appliedIndex());
            data.writeInt(content.rows().size());
            for (String row : content.rows()) {
                data.writeUTF(row);
            }
            data.writeInt(content.sessionRows().size());
            for (var row : content.sessionRows().entrySet()) {
                data.writeUTF(row.getKey());
                data.writeInt(row.getValue().length);
                data.write(row.getValue());
            }
        };
    }

    @Override
    public void restore(InputStream snapshot, long index) throws IOException {
        var data = new DataInputStream(snapshot);
        long appliedIndex = data.readLong();
        var rows = new ArrayList<String>();
        for (int count = data.readInt(); count > 0; count--) {
            rows.add(data.readUTF());
        }
        var sessionRows = new HashMap<String, byte[]>();
        for (int count = data.readInt(); count > 0; count--) {
            sessionRows.put(data.readUTF(), data.readNBytes(data.readInt()));
        }
        synchronized (database) {
            database.imports++;
            database.content = new Content(
                    List.copyOf(rows), Map.copyOf(sessionRows), new Position(Math.max(appliedIndex, index), index));
        }
    }
}
