package io.raftboot.demo.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.replica.CommandContext;
import io.raftboot.replica.StateMachineFailureException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class LedgerTests {
    private final DriverManagerDataSource dataSource = database();
    private final Ledger ledger =
            new Ledger(JdbcClient.create(dataSource), new DataSourceTransactionManager(dataSource));

    @Test
    void newLedgerHasAppliedNothing() {
        assertThat(ledger.appliedIndex()).isZero();
        assertThat(accounts(ledger)).isEqualTo("[]");
    }

    @Test
    void commandAndItsIndexAreThereTogether() throws Exception {
        ledger.appliedIndex();
        apply(4, "{\"type\":\"open\",\"id\":\"a\",\"balance\":10}");
        apply(5, "{\"type\":\"open\",\"id\":\"b\",\"balance\":0}");
        apply(8, "{\"type\":\"transfer\",\"from\":\"a\",\"to\":\"b\",\"amount\":4}");
        assertThat(ledger.appliedIndex()).isEqualTo(8);
        assertThat(accounts(ledger)).isEqualTo("[{\"id\":\"a\",\"balance\":6},{\"id\":\"b\",\"balance\":4}]");
    }

    @Test
    void forbiddenTransferChangesNothingButCountsAsApplied() throws Exception {
        ledger.appliedIndex();
        apply(1, "{\"type\":\"open\",\"id\":\"a\",\"balance\":10}");
        apply(2, "{\"type\":\"open\",\"id\":\"b\",\"balance\":0}");
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() -> apply(3, "{\"type\":\"transfer\",\"from\":\"a\",\"to\":\"b\",\"amount\":11}"))
                .withMessageContaining("too low");
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() -> apply(4, "{\"type\":\"open\",\"id\":\"a\",\"balance\":1}"));
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() -> apply(5, "{\"type\":\"transfer\",\"from\":\"a\",\"to\":\"c\",\"amount\":1}"));
        assertThat(ledger.appliedIndex()).isEqualTo(5);
        assertThat(accounts(ledger)).isEqualTo("[{\"id\":\"a\",\"balance\":10},{\"id\":\"b\",\"balance\":0}]");
    }

    @Test
    void databaseThatFailsStopsTheMemberInsteadOfBeingAResult() {
        // Without the tables, which are made when the member starts.
        assertThatExceptionOfType(StateMachineFailureException.class)
                .isThrownBy(() -> apply(1, "{\"type\":\"open\",\"id\":\"a\",\"balance\":10}"));
    }

    @Test
    void snapshotMovesAccountsAndIndexToAnotherMember() throws Exception {
        ledger.appliedIndex();
        apply(7, "{\"type\":\"open\",\"id\":\"a\",\"balance\":10}");
        var writer = ledger.snapshot();
        apply(9, "{\"type\":\"open\",\"id\":\"late\",\"balance\":10}");
        var out = new ByteArrayOutputStream();
        writer.writeTo(out);
        DriverManagerDataSource other = database();
        var restored = new Ledger(JdbcClient.create(other), new DataSourceTransactionManager(other));
        restored.appliedIndex();
        restored.restore(new ByteArrayInputStream(out.toByteArray()));
        assertThat(restored.appliedIndex()).isEqualTo(7);
        assertThat(accounts(restored)).isEqualTo("[{\"id\":\"a\",\"balance\":10}]");
    }

    @Test
    void whatItVouchesForIsInTheFileEvenIfTheProcessDies(@TempDir Path directory) throws Exception {
        // The delay keeps H2 from writing by itself meanwhile.
        DriverManagerDataSource live = new DriverManagerDataSource(
                "jdbc:h2:file:" + directory.resolve("live") + ";WRITE_DELAY=60000;DB_CLOSE_DELAY=-1", "sa", "");
        var written = new Ledger(JdbcClient.create(live), new DataSourceTransactionManager(live));
        written.appliedIndex();
        written.apply(new CommandContext(7, 1, Instant.EPOCH), open("a"));
        assertThat(written.durableIndex()).isEqualTo(7);
        Files.copy(directory.resolve("live.mv.db"), directory.resolve("copy.mv.db"));

        DriverManagerDataSource copy =
                new DriverManagerDataSource("jdbc:h2:file:" + directory.resolve("copy"), "sa", "");
        var recovered = new Ledger(JdbcClient.create(copy), new DataSourceTransactionManager(copy));
        assertThat(recovered.appliedIndex()).isEqualTo(7);
        JdbcClient.create(live).sql("SHUTDOWN").update();
    }

    private static byte[] open(String id) {
        return ("{\"type\":\"open\",\"id\":\"" + id + "\",\"balance\":10}").getBytes(StandardCharsets.UTF_8);
    }

    private void apply(long index, String command) throws LedgerException {
        ledger.apply(new CommandContext(index, 1, Instant.EPOCH), command.getBytes(StandardCharsets.UTF_8));
    }

    private static String accounts(Ledger ledger) {
        return new String(ledger.query("null".getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    private static DriverManagerDataSource database() {
        return new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    }
}
