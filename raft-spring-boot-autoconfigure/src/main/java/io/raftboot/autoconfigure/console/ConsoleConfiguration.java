package io.raftboot.autoconfigure.console;

import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.autoconfigure.http.AdminAccess;
import io.raftboot.autoconfigure.http.SharedAccess;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.autoconfigure.stream.SharedStreams;
import io.raftboot.autoconfigure.stream.StreamSender;
import io.raftboot.replica.Replica;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What is shown, which no server has a part in. */
@Configuration(proxyBeanMethods = false)
@Import({SharedAccess.class, SharedStreams.class})
class ConsoleConfiguration {
    @Bean
    ConsoleHandler raftConsoleHandler(
            Replica replica, RaftProperties properties, DriftWatch drift, AdminAccess access, StreamSender streams) {
        replica.reports().keepHistory();
        var shape = new EntryShape(properties.console().showPayloads());
        var data = new ConsoleData(replica, drift, shape, properties.admin().enabled());
        return new ConsoleHandler(access, new ConsoleFiles(), data, replica.memberEvents(), streams);
    }
}
