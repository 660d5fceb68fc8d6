package io.raftboot.autoconfigure.jdbc.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.autoconfigure.jdbc.PostgresServer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The same in PostgreSQL. */
@Tag("postgres")
@EnabledIf("isInstalled")
class PostgresJpaStateMachineTests extends JpaStateMachineTests {
    private @Nullable PostgresServer server;

    static boolean isInstalled() {
        return PostgresServer.programs() != null;
    }

    @Override
    String url() throws Exception {
        var started = PostgresServer.start(Objects.requireNonNull(PostgresServer.programs()));
        server = started;
        return started.database().getUrl() + "?user=raft";
    }

    @AfterAll
    @Override
    void stop() throws Exception {
        super.stop();
        Objects.requireNonNull(server).stop();
    }

    /** Here it is part of the transaction. */
    @Test
    @Override
    void statementThatCommitsIsRefused() {
        book.truncate("with all tags");
        assertThat(book.texts()).contains("with all tags");
    }
}
