package io.raftboot.autoconfigure.jdbc.jpa;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jdbc.autoconfigure.DataJdbcRepositoriesAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What an application with {@code spring-boot-starter-data-jpa} has. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = DataJdbcRepositoriesAutoConfiguration.class)
@Import(NoteBook.class)
class JpaApplication {
    @Bean
    NoteService noteService(Notes notes) {
        return new NoteService(notes);
    }
}
