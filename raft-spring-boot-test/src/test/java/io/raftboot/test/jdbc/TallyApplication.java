package io.raftboot.test.jdbc;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Each member has its database beside its log. */
@SpringBootApplication(proxyBeanMethods = false)
class TallyApplication {
    @Bean
    TallyDatabase dataSource(@Value("${raft.data-dir}") String directory) {
        return new TallyDatabase("jdbc:h2:file:" + directory + "/tally;DB_CLOSE_ON_EXIT=FALSE");
    }
}
