package io.raftboot.autoconfigure.admin;

import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.autoconfigure.http.SharedAccess;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.autoconfigure.stream.SharedStreams;
import io.raftboot.autoconfigure.stream.StreamSender;
import io.raftboot.replica.Replica;
import java.util.ArrayList;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The calls themselves, which no server has a part in. */
@Configuration(proxyBeanMethods = false)
@Import({SharedAccess.class, SharedStreams.class})
class AdminConfiguration {
    @Bean
    AdminHandler raftAdminHandler(Replica replica, RaftProperties properties, DriftWatch drift, StreamSender streams) {
        var problems = new Problems(replica);
        var routes = new ArrayList<>(
                new MemberCalls(replica::membership, properties.membership().promote(), problems).routes());
        routes.addAll(new ReplicaCalls(replica, drift, problems).routes());
        routes.addAll(new BackupCalls(replica, problems).routes());
        routes.addAll(new EventCalls(replica.memberEvents(), streams, problems).routes());
        return new AdminHandler(routes, problems);
    }
}
