package io.raftboot.demo.ledger;

import io.raftboot.replica.CommandContext;
import io.raftboot.replica.SnapshotWriter;
import io.raftboot.replica.StateMachine;
import io.raftboot.replica.StateMachineFailureException;
import io.raftboot.spring.RaftStateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Accounts in a database of this member's own. One transaction writes what a command does and how far the log is
 * applied, so a crash at any moment leaves both before the command or both after it; and what the database had not
 * forced to disk yet is applied again from the log.
 */
@RaftStateMachine("ledger")
class Ledger implements StateMachine {
    private static final int SNAPSHOT_VERSION = 1;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final LedgerTables tables;
    private final TransactionTemplate transactions;
    private final AtomicBoolean created = new AtomicBoolean();

    Ledger(JdbcClient jdbc, PlatformTransactionManager transactionManager) {
        tables = new LedgerTables(jdbc);
        transactions = new TransactionTemplate(transactionManager);
    }

    /** Asked when the member starts: the first use of the database, which opens no file before that. */
    @Override
    public long appliedIndex() {
        if (created.compareAndSet(false, true)) {
            tables.create();
        }
        return tables.appliedIndex();
    }

    /** The index is read first: what is committed meanwhile is forced as well, but not vouched for. */
    @Override
    public long durableIndex() {
        long index = tables.appliedIndex();
        tables.force();
        return index;
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) throws LedgerException {
        try {
            Result result = transactions.execute(transaction -> apply(context, command, transaction));
            return result.valueOrThrow();
        } catch (DataAccessException | TransactionException | JacksonException e) {
            // Of this member's own, or of its program: the others may have done it. Stop rather than differ.
            throw new StateMachineFailureException(
                    "the ledger could not apply the command at index " + context.index() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] query(byte[] query) {
        String id = JSON.readValue(query, String.class);
        return JSON.writeValueAsBytes(
                id == null ? tables.accounts() : tables.account(id).stream().toList());
    }

    /** The database answers side by side with commands, each query from one committed state. */
    @Override
    public boolean readsConcurrently() {
        return true;
    }

    @Override
    public SnapshotWriter snapshot() {
        // The rows are read here, between two commands; a demo's ledger fits into memory.
        long appliedIndex = tables.appliedIndex();
        List<Account> accounts = tables.accounts();
        return out -> {
            var data = new DataOutputStream(out);
            data.writeInt(SNAPSHOT_VERSION);
            data.writeLong(appliedIndex);
            data.writeInt(accounts.size());
            for (Account account : accounts) {
                data.writeUTF(account.id());
                data.writeLong(account.balance());
            }
            data.flush();
        };
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        var data = new DataInputStream(snapshot);
        int version = data.readInt();
        if (version != SNAPSHOT_VERSION) {
            throw new IOException("the ledger's snapshot has the version " + version + ", not " + SNAPSHOT_VERSION);
        }
        long appliedIndex = data.readLong();
        Account[] accounts = new Account[data.readInt()];
        for (int i = 0; i < accounts.length; i++) {
            accounts[i] = new Account(data.readUTF(), data.readLong());
        }
        transactions.executeWithoutResult(transaction -> {
            tables.clear();
            List.of(accounts).forEach(tables::put);
            tables.applied(appliedIndex);
        });
    }

    private Result apply(CommandContext context, byte[] command, TransactionStatus transaction) {
        Object before = transaction.createSavepoint();
        Result result;
        try {
            result = new Result.Value(JSON.writeValueAsBytes(apply(JSON.readValue(command, LedgerCommand.class))));
        } catch (LedgerException e) {
            // The command counts as applied all the same: it fails alike on every member.
            transaction.rollbackToSavepoint(before);
            result = new Result.Failure(e);
        }
        tables.applied(context.index());
        return result;
    }

    private Object apply(LedgerCommand command) throws LedgerException {
        if (command instanceof LedgerCommand.Open open) {
            if (tables.account(open.id()).isPresent()) {
                throw new LedgerException("the account '" + open.id() + "' exists already");
            }
            var account = new Account(open.id(), open.balance());
            tables.put(account);
            return account;
        }
        var transfer = (LedgerCommand.Transfer) command;
        Account from = existing(transfer.from());
        Account to = existing(transfer.to());
        if (from.balance() < transfer.amount()) {
            throw new LedgerException("the balance of '" + from.id() + "' is " + from.balance()
                    + ", too low to transfer " + transfer.amount());
        }
        if (to.balance() > Long.MAX_VALUE - transfer.amount()) {
            throw new LedgerException("the account '" + to.id() + "' can't hold " + transfer.amount() + " more");
        }
        tables.put(new Account(from.id(), from.balance() - transfer.amount()));
        tables.put(new Account(to.id(), to.balance() + transfer.amount()));
        return transfer;
    }

    private Account existing(String id) throws LedgerException {
        return tables.account(id).orElseThrow(() -> new LedgerException("there is no account '" + id + "'"));
    }

    /** What a transaction that is committed either way came to. */
    private sealed interface Result {
        byte[] valueOrThrow() throws LedgerException;

        @SuppressWarnings("ArrayRecordComponent") // made and taken apart in one method
        record Value(byte[] json) implements Result {
            @Override
            public byte[] valueOrThrow() {
                return json;
            }
        }

        record Failure(LedgerException cause) implements Result {
            @Override
            public byte[] valueOrThrow() throws LedgerException {
                throw cause;
            }
        }
    }
}
