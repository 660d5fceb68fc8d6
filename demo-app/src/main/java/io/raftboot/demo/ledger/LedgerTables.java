package io.raftboot.demo.ledger;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables of the ledger, and the row that says up to which command they are. Within the caller's transaction. */
final class LedgerTables {
    private final JdbcClient jdbc;

    LedgerTables(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void create() {
        jdbc.sql("CREATE TABLE IF NOT EXISTS account (id VARCHAR(200) PRIMARY KEY, balance BIGINT NOT NULL)")
                .update();
        jdbc.sql("CREATE TABLE IF NOT EXISTS raft_applied (only_row INT PRIMARY KEY, applied_index BIGINT NOT NULL)")
                .update();
    }

    long appliedIndex() {
        return jdbc.sql("SELECT applied_index FROM raft_applied WHERE only_row = 1")
                .query(Long.class)
                .optional()
                .orElse(0L);
    }

    void applied(long index) {
        jdbc.sql("MERGE INTO raft_applied (only_row, applied_index) VALUES (1, ?)")
                .param(index)
                .update();
    }

    /** Makes everything that is committed safe from a loss of power, which H2 does not do at each commit. */
    void force() {
        jdbc.sql("CHECKPOINT SYNC").update();
    }

    List<Account> accounts() {
        return jdbc.sql("SELECT id, balance FROM account ORDER BY id")
                .query((row, number) -> new Account(row.getString(1), row.getLong(2)))
                .list();
    }

    Optional<Account> account(String id) {
        return jdbc.sql("SELECT id, balance FROM account WHERE id = ?")
                .param(id)
                .query((row, number) -> new Account(row.getString(1), row.getLong(2)))
                .optional();
    }

    void put(Account account) {
        jdbc.sql("MERGE INTO account (id, balance) VALUES (?, ?)")
                .param(account.id())
                .param(account.balance())
                .update();
    }

    void clear() {
        jdbc.sql("DELETE FROM account").update();
        jdbc.sql("DELETE FROM raft_applied").update();
    }
}
