package io.raftboot.autoconfigure.http;

import io.raftboot.autoconfigure.RaftProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/** Who may call, and look: one rule for all that is served below {@code /raft}, imported by whatever is. */
public final class SharedAccess {
    @Bean
    AdminAccess raftAdminAccess(ApplicationContext context, RaftProperties properties) {
        return AccessChoice.of(context, properties);
    }
}
