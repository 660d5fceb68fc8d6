package io.raftboot.test.habits;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.test.RaftCluster;
import io.raftboot.test.RaftMember;
import io.raftboot.test.RaftTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.context.WebApplicationContext;

/** Members answer HTTP where the test wants it. */
@RaftTest(nodes = 2, webEnvironment = WebEnvironment.RANDOM_PORT)
class WebTests {
    @Test
    void membersHavePortsOfTheirOwn(RaftCluster cluster, @LocalServerPort int port) throws Exception {
        assertThat(port).isEqualTo(portOf(cluster.member(1))).isNotEqualTo(portOf(cluster.member(2)));
        assertThat(send(port, "POST")).isEqualTo("1");
        assertThat(send(portOf(cluster.member(2)), "GET")).isEqualTo("1");
    }

    private static int portOf(RaftMember member) {
        return member.context().getEnvironment().getRequiredProperty("local.server.port", int.class);
    }

    private static String send(int port, String method) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/orders"))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Nested
    @RaftTest(nodes = 1, webEnvironment = WebEnvironment.MOCK)
    class WithAMock {
        @Test
        void requestsAreAnsweredWithoutAServer(@Autowired WebApplicationContext context) {
            assertThat(MockMvcTester.from(context).post().uri("/orders"))
                    .hasStatusOk()
                    .hasBodyTextEqualTo("1");
            assertThat(context.getEnvironment().getProperty("local.server.port"))
                    .isNull();
        }
    }

    @Nested
    @RaftTest(nodes = 1)
    class WithNone {
        @Test
        void membersServeNothingByDefault(@Autowired ApplicationContext context) {
            assertThat(context).isNotInstanceOf(WebApplicationContext.class);
        }
    }
}
