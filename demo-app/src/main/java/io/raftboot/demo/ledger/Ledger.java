package io.raftboot.demo.ledger;

import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftStateMachine;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Accounts in a database of this member's own. */
@RaftStateMachine("ledger")
@RaftDataSource(value = "ledgerDataSource", schema = "classpath:ledger.sql")
class Ledger {
    private final JdbcClient jdbc;

    Ledger(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What was moved. */
    record Transfer(String from, String to, long amount) {}

    @RaftCommand
    Account open(String id, long balance) throws LedgerException {
        if (account(id).isPresent()) {
            throw new LedgerException("the account '" + id + "' exists already");
        }
        jdbc.sql("INSERT INTO account VALUES (?, ?)").params(id, balance).update();
        return new Account(id, balance);
    }

    @RaftCommand
    Transfer transfer(String from, String to, long amount) throws LedgerException {
        Account payer = existing(from);
        Account payee = existing(to);
        if (payer.balance() < amount) {
            throw new LedgerException(
                    "the balance of '" + from + "' is " + payer.balance() + ", too low to transfer " + amount);
        }
        if (payee.balance() > Long.MAX_VALUE - amount) {
            throw new LedgerException("the account '" + to + "' can't hold " + amount + " more");
        }
        add(from, -amount);
        add(to, amount);
        return new Transfer(from, to, amount);
    }

    @RaftQuery
    List<Account> accounts() {
        return jdbc.sql("SELECT id, balance FROM account ORDER BY id")
                .query(Account.class)
                .list();
    }

    @RaftQuery
    Optional<Account> account(String id) {
        return jdbc.sql("SELECT id, balance FROM account WHERE id = ?")
                .param(id)
                .query(Account.class)
                .optional();
    }

    private Account existing(String id) throws LedgerException {
        return account(id).orElseThrow(() -> new LedgerException("there is no account '" + id + "'"));
    }

    private void add(String id, long amount) {
        jdbc.sql("UPDATE account SET balance = balance + ? WHERE id = ?")
                .params(amount, id)
                .update();
    }
}
