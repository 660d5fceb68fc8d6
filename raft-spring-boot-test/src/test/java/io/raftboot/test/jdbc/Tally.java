package io.raftboot.test.jdbc;

import io.raftboot.api.CommandContext;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftStateMachine;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Counts by name, in two tables that must agree: the amount, and a row for each time. */
@RaftStateMachine("tally")
@RaftDataSource(schema = "classpath:tally.sql")
class Tally {
    private final JdbcClient jdbc;

    Tally(DataSource dataSource) {
        jdbc = JdbcClient.create(dataSource);
    }

    /**
     * What a name has.
     *
     * @param amount as counted
     * @param marks rows
     */
    record Count(long amount, long marks) {}

    @RaftCommand
    long add(String name) {
        jdbc.sql("MERGE INTO tally t USING (VALUES (?)) n (name) ON t.name = n.name"
                        + " WHEN MATCHED THEN UPDATE SET amount = amount + 1"
                        + " WHEN NOT MATCHED THEN INSERT VALUES (n.name, 1)")
                .param(name)
                .update();
        // Not a number of the database's: that goes on where a transaction was cut, on the member that crashed alone.
        jdbc.sql("INSERT INTO mark (id, name) VALUES (?, ?)")
                .params(CommandContext.current().index(), name)
                .update();
        return amount(name);
    }

    /** Fails after it has written. */
    @RaftCommand
    void addAndFail(String name) {
        add(name);
        throw new IllegalStateException("no more of " + name);
    }

    @RaftQuery
    Count count(String name) {
        long amount = amount(name);
        return new Count(amount, marks(name));
    }

    @RaftQuery
    List<Long> ids(String name) {
        return jdbc.sql("SELECT id FROM mark WHERE name = ? ORDER BY id")
                .param(name)
                .query(Long.class)
                .list();
    }

    private long amount(String name) {
        return jdbc.sql("SELECT amount FROM tally WHERE name = ?")
                .param(name)
                .query(Long.class)
                .optional()
                .orElse(0L);
    }

    private long marks(String name) {
        return jdbc.sql("SELECT COUNT(*) FROM mark WHERE name = ?")
                .param(name)
                .query(Long.class)
                .single();
    }
}
