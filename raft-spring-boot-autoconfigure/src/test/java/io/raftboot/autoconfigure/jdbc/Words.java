package io.raftboot.autoconfigure.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Keeps words, in a table that takes each only once. */
class Words implements StateMachine {
    private final JdbcClient jdbc;

    /** Run by each query between its two looks at the state. */
    Runnable between = () -> {};

    Words(DataSource dataSource) {
        jdbc = JdbcClient.create(dataSource);
    }

    static DriverManagerDataSource database() {
        return new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) throws Exception {
        String text = new String(command, UTF_8);
        add(text);
        if (text.startsWith("!")) {
            throw new IllegalStateException("no " + text);
        }
        return text.getBytes(UTF_8);
    }

    private void add(String text) {
        if (text.startsWith("?")) {
            jdbc.sql("INSERT INTO no_such_table VALUES (1)").update();
        }
        jdbc.sql("INSERT INTO word (text) VALUES (?)").param(text).update();
    }

    /** What there is at the first look, and at the second; a query that is not empty is written, as no query may. */
    @Override
    public byte[] query(byte[] query) {
        if (query.length > 0) {
            add(new String(query, UTF_8));
        }
        String first = words();
        between.run();
        return (first + "|" + words()).getBytes(UTF_8);
    }

    String words() {
        return String.join(
                ",",
                jdbc.sql("SELECT id || text FROM word ORDER BY id")
                        .query(String.class)
                        .list());
    }

    @Override
    public SnapshotWriter snapshot() {
        throw new AssertionError("the database is exported");
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        throw new AssertionError("the database is imported");
    }
}
