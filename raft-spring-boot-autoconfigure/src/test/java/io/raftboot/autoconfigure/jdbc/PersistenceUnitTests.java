package io.raftboot.autoconfigure.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.autoconfigure.jdbc.database.H2Adapter;
import jakarta.persistence.Cache;
import jakarta.persistence.EntityManagerFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.support.JdbcTransactionManager;

class PersistenceUnitTests {
    /** A unit as JPA's, of which the cache is all that matters here. */
    private static final class OfEntities extends JdbcTransactionManager {
        private static final long serialVersionUID = 1L;
        private final transient EntityManagerFactory factory;

        OfEntities(DataSource dataSource, EntityManagerFactory factory) {
            super(dataSource);
            this.factory = factory;
        }

        @Override
        public Object getResourceFactory() {
            return factory;
        }
    }

    @Test
    void cacheOfAContentThatWasReplacedIsDropped() throws Exception {
        var cache = Mockito.mock(Cache.class);
        var factory = Mockito.mock(EntityManagerFactory.class);
        Mockito.when(factory.isOpen()).thenReturn(true);
        Mockito.when(factory.getCache()).thenReturn(cache);
        var dataSource = Words.database();
        var manager = new OfEntities(dataSource, factory);
        var machine = new JdbcStateMachine(
                new Words(dataSource),
                new MachineDatabase(
                        dataSource,
                        new Owner("words", "raft", 1),
                        List.of(new H2Adapter()),
                        new ClassPathResource("words.sql"),
                        new MachineTransactions(dataSource, null, () -> manager)));
        machine.position();
        var export = new ByteArrayOutputStream();
        machine.snapshot().writeTo(export);
        Mockito.verifyNoInteractions(cache);
        machine.restore(new ByteArrayInputStream(export.toByteArray()), 1);
        Mockito.verify(cache).evictAll();
    }

    @Test
    void whatIsNoneOfJpaHasNothingToForget() {
        PersistenceUnit.forget(null);
        PersistenceUnit.forget("a DataSource");
        assertThat(PersistenceUnit.withGeneratedIds("a DataSource")).isEmpty();
    }
}
