package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** A state machine for tests that keeps its state itself, in a database that can lose what it has not forced. */
final class DurableMachine implements StateMachine {
    static final String NAME = "durable";

    private final Database database;

    DurableMachine(Database database) {
        this.database = database;
    }

    /** Outlives the processes that use it. */
    static final class Database {
        private List<String> rows = List.of();
        private long appliedIndex;
        private List<String> forcedRows = List.of();
        private long forcedIndex;
        private boolean forces = true;
        private int exports;
        private int imports;

        synchronized List<String> rows() {
            return rows;
        }

        synchronized int exports() {
            return exports;
        }

        synchronized int imports() {
            return imports;
        }

        synchronized void losePower() {
            rows = forcedRows;
            appliedIndex = forcedIndex;
        }

        /** From now on it forces nothing, and says so. */
        synchronized void stopForcing() {
            forces = false;
        }

        synchronized void lose() {
            forcedRows = List.of();
            forcedIndex = 0;
            losePower();
        }

        private synchronized void write(List<String> newRows, long newIndex) {
            rows = List.copyOf(newRows);
            appliedIndex = newIndex;
        }

        private synchronized long force() {
            if (forces) {
                forcedRows = rows;
                forcedIndex = appliedIndex;
            }
            return forcedIndex;
        }
    }

    @Override
    public long appliedIndex() {
        synchronized (database) {
            return database.appliedIndex;
        }
    }

    @Override
    public long durableIndex() {
        return database.force();
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) {
        var rows = new ArrayList<>(database.rows());
        rows.add(new String(command, UTF_8));
        database.write(rows, context.index());
        return new byte[0];
    }

    @Override
    public byte[] query(byte[] query) {
        return String.join(",", database.rows()).getBytes(UTF_8);
    }

    @Override
    public SnapshotWriter snapshot() {
        synchronized (database) {
            database.exports++;
            var text = database.appliedIndex + "\n" + String.join("\n", database.rows);
            return out -> out.write(text.getBytes(UTF_8));
        }
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        var lines = List.of(new String(snapshot.readAllBytes(), UTF_8).split("\n"));
        synchronized (database) {
            database.imports++;
            database.write(lines.subList(1, lines.size()), Long.parseLong(lines.get(0)));
        }
    }
}
