package io.raftboot.demo.ledger;

import com.zaxxer.hikari.HikariDataSource;
import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.replica.config.StorageKind;
import java.nio.file.Path;
import java.util.UUID;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The ledger's database, beside the member's log and as private to it. */
@Configuration(proxyBeanMethods = false)
class LedgerConfiguration {
    private static final int CONNECTIONS = 4;

    /** Opens no file before the member has locked its directory: the pool is filled at the first use. */
    @Bean
    HikariDataSource ledgerDataSource(RaftProperties properties) {
        HikariDataSource dataSource = DataSourceBuilder.create()
                .type(HikariDataSource.class)
                .url(url(properties))
                .username("sa")
                .build();
        dataSource.setPoolName("ledger-" + properties.memberId());
        dataSource.setMaximumPoolSize(CONNECTIONS);
        return dataSource;
    }

    private static String url(RaftProperties properties) {
        if (properties.storage() == StorageKind.MEMORY) {
            return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
        }
        Path file = Path.of(properties.dataDir()).toAbsolutePath().normalize().resolve("ledger");
        if (file.toString().indexOf(';') >= 0) {
            // RaftProperties refuses it before; here because H2 would take what follows for settings, and some run SQL.
            throw new IllegalArgumentException("a path with a semicolon can't be in the URL of a database: " + file);
        }
        // Closed by Spring, after the member has stopped, and not by a hook of H2's beside it.
        return "jdbc:h2:file:" + file + ";DB_CLOSE_ON_EXIT=FALSE";
    }
}
