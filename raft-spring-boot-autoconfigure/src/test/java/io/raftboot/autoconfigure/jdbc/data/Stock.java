package io.raftboot.autoconfigure.jdbc.data;

import io.raftboot.api.CommandContext;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftStateMachine;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Items with their batches, by a repository, a template and statements. */
@RaftStateMachine("stock")
@RaftDataSource(schema = "classpath:stock.sql")
class Stock {
    private final Items items;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;

    Stock(Items items, JdbcTemplate jdbc, TransactionTemplate transactions) {
        this.items = items;
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    @RaftCommand
    long add(String name, int amount) {
        Item item = items.findByName(name)
                .orElseGet(() -> new Item(CommandContext.current().index(), 0, name, List.of()));
        return items.save(item.with(amount)).id();
    }

    /** Fails in the middle where the amount is not positive. */
    @RaftCommand
    int addTwice(String name, int amount) {
        add(name, 1);
        transactions.executeWithoutResult(status -> add(name + "2", amount));
        return total();
    }

    /** Goes on though the second did not work, which rolls back both. */
    @RaftCommand
    int addOneAtLeast(String name, int amount) {
        try {
            return addTwice(name, amount);
        } catch (RuntimeException e) {
            return total();
        }
    }

    @RaftCommand
    int clear() {
        int removed = total();
        items.deleteAll();
        jdbc.execute("TRUNCATE TABLE batch");
        return removed;
    }

    @RaftQuery
    int total() {
        Integer total = jdbc.queryForObject("SELECT COALESCE(SUM(amount), 0) FROM batch", Integer.class);
        return total == null ? 0 : total;
    }
}
