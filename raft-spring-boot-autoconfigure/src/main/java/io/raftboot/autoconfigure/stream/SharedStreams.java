package io.raftboot.autoconfigure.stream;

import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/** One sender for all streams of an application, imported by whatever has any. */
public final class SharedStreams {
    @Bean
    StreamSender raftStreamSender(ApplicationContext context) {
        return new StreamSender(context);
    }
}
