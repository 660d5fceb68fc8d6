package io.raftboot.autoconfigure.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

class TransactionManagersTests {
    private final DataSource dataSource = Words.database();
    private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();

    /** An application's own, which tells its DataSource as JPA's does; its class is for this package alone. */
    static class Hidden extends AbstractPlatformTransactionManager {
        private final transient DataSource dataSource;

        Hidden(DataSource dataSource) {
            this.dataSource = dataSource;
        }

        public DataSource getDataSource() {
            return dataSource;
        }

        @Override
        protected Object doGetTransaction() {
            return this;
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {}

        @Override
        protected void doCommit(DefaultTransactionStatus status) {}

        @Override
        protected void doRollback(DefaultTransactionStatus status) {}
    }

    @Test
    void managerWhoseClassIsNotPublicIsFoundByItsDataSource() {
        var hidden = new Hidden(dataSource);
        beans.registerSingleton("hidden", hidden);
        assertThat(TransactionManagers.choose(beans, dataSource, "words", true)).isSameAs(hidden);
    }

    @Test
    void managerOfAnotherDataSourceIsNotTaken() {
        beans.registerSingleton("other", new Hidden(Words.database()));
        assertThat(TransactionManagers.choose(beans, dataSource, "words", true))
                .isInstanceOfSatisfying(JdbcTransactionManager.class, own -> assertThat(own.getDataSource())
                        .isSameAs(dataSource));
    }
}
