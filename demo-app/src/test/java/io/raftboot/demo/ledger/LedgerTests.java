package io.raftboot.demo.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

class LedgerTests {
    private final Ledger ledger = new Ledger(JdbcClient.create(database()));

    @Test
    void newLedgerHasNoAccounts() {
        assertThat(ledger.accounts()).isEmpty();
        assertThat(ledger.account("a")).isEmpty();
    }

    @Test
    void moneyMovesFromOneAccountToAnother() throws Exception {
        ledger.open("a", 10);
        ledger.open("b", 0);
        assertThat(ledger.transfer("a", "b", 4)).isEqualTo(new Ledger.Transfer("a", "b", 4));
        assertThat(ledger.accounts()).containsExactly(new Account("a", 6), new Account("b", 4));
    }

    @Test
    void whatTheRulesForbidChangesNothing() throws Exception {
        ledger.open("a", 10);
        ledger.open("b", Long.MAX_VALUE);
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() -> ledger.transfer("a", "b", 11))
                .withMessageContaining("too low");
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() -> ledger.transfer("a", "b", 1))
                .withMessageContaining("can't hold");
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() -> ledger.transfer("a", "c", 1))
                .withMessageContaining("no account 'c'");
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() -> ledger.open("a", 1))
                .withMessageContaining("exists");
        assertThat(ledger.accounts()).containsExactly(new Account("a", 10), new Account("b", Long.MAX_VALUE));
    }

    private static DriverManagerDataSource database() {
        var dataSource =
                new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
        DatabasePopulatorUtils.execute(new ResourceDatabasePopulator(new ClassPathResource("ledger.sql")), dataSource);
        return dataSource;
    }
}
