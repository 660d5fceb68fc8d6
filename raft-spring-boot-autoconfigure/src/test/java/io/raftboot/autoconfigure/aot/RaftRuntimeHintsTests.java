package io.raftboot.autoconfigure.aot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.proxies;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.resource;

import io.raftboot.raft.proto.Message;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.beans.factory.aot.AotServices;

class RaftRuntimeHintsTests {
    private final RuntimeHints hints = new RuntimeHints();

    RaftRuntimeHintsTests() {
        AotServices.factories().load(RuntimeHintsRegistrar.class).stream()
                .filter(RaftRuntimeHints.class::isInstance)
                .forEach(registrar -> registrar.registerHints(hints, getClass().getClassLoader()));
    }

    @Test
    void filesThatAreReadAreThereUnderTheirNames() {
        for (String file : List.of(
                "io/raftboot/autoconfigure/admin/openapi.json",
                "META-INF/spring-configuration-metadata.json",
                "META-INF/additional-spring-configuration-metadata.json")) {
            assertThat(getClass().getClassLoader().getResource(file)).as(file).isNotNull();
            assertThat(resource().forResource(file)).as(file).accepts(hints);
        }
    }

    @Test
    void connectionsOfCommandsAreProxies() {
        assertThat(proxies().forInterfaces(Connection.class)).accepts(hints);
        assertThat(proxies().forInterfaces(PreparedStatement.class)).accepts(hints);
    }

    @Test
    void messagesOfAllRoomsOfTheCoreAreKnown() {
        for (String type : List.of(
                Message.class.getName(),
                Message.Builder.class.getName(),
                "io.raftboot.replica.proto.Envelope",
                "io.raftboot.replica.proto.Envelope$Builder",
                "io.raftboot.storage.proto.IdentityRecord",
                "io.raftboot.transport.proto.Hello")) {
            assertThat(reflection()
                            .onType(TypeReference.of(type))
                            .withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS))
                    .as(type)
                    .accepts(hints);
        }
    }

    /** What the transport needs of Netty is for Netty to say: a version that says nothing any more is to be noticed here. */
    @Test
    void jarsOfNettyBringTheirOwn() {
        for (String file : List.of(
                "META-INF/native-image/io.netty/netty-common/reflect-config.json",
                "META-INF/native-image/io.netty/netty-transport/reflect-config.json",
                "META-INF/native-image/io.netty/netty-handler/native-image.properties")) {
            assertThat(getClass().getClassLoader().getResource(file)).as(file).isNotNull();
        }
    }
}
