package io.raftboot.autoconfigure.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.BackupOutcome;
import io.raftboot.autoconfigure.backup.StoredBackup;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.storage.snapshot.BackupFile;
import io.raftboot.testing.FakeReplica;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.ArgumentMatchers;
import org.mockito.Mockito;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A backup of a member at work, downloaded from servers of both kinds. */
class BackupOverHttpTests {
    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();

    static Stream<Arguments> servers() {
        return Stream.of(
                Arguments.of(WebApplicationType.SERVLET, ServletAdminTests.Open.class),
                Arguments.of(WebApplicationType.REACTIVE, WebFluxAdminTests.Open.class));
    }

    private static ConfigurableApplicationContext start(WebApplicationType type, Class<?> application) {
        return new SpringApplicationBuilder(application)
                .web(type)
                .run(
                        "--server.port=0",
                        "--raft.admin.enabled=true",
                        "--raft.storage=memory",
                        "--raft.cluster-name=orders",
                        "--spring.main.banner-mode=off");
    }

    private <T> HttpResponse<T> send(
            ConfigurableApplicationContext application, String method, String query, HttpResponse.BodyHandler<T> body)
            throws Exception {
        var port = Objects.requireNonNull(application.getEnvironment().getProperty("local.server.port"));
        var uri = URI.create("http://localhost:" + port + "/raft/admin/snapshot" + query);
        return client.send(
                HttpRequest.newBuilder(uri)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                body);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void backupIsDownloadedWholeWithItsNameLengthAndChecksum(WebApplicationType type, Class<?> kind) throws Exception {
        try (var application = start(type, kind)) {
            for (var query : List.of("", "?consistency=local")) {
                var file = directory.resolve("backup" + query.length());
                var answer = send(application, "GET", query, HttpResponse.BodyHandlers.ofFile(file));
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("Content-Type")).contains("application/octet-stream");
                assertThat(answer.headers().firstValueAsLong("Content-Length").orElseThrow())
                        .isEqualTo(file.toFile().length());
                assertThat(answer.headers().firstValue("Content-Disposition").orElseThrow())
                        .matches("attachment; filename=\"orders-\\d+-\\d{8}T\\d{6}Z\\.raftbackup\"");
                try (var backup = BackupFile.open(new RealDisk(), file)) {
                    assertThat(backup.clusterName()).isEqualTo("orders");
                    assertThat(answer.headers().firstValue("Raft-Backup-Checksum"))
                            .contains(String.format(Locale.ROOT, "crc32c=%08x", backup.checksum()));
                    assertThat(answer.headers()
                                    .firstValueAsLong("Raft-Backup-Index")
                                    .orElseThrow())
                            .isEqualTo(
                                    backup.contents().snapshot().getMetadata().getIndex());
                }
            }
            var head = send(application, "HEAD", "", HttpResponse.BodyHandlers.ofByteArray());
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.headers().firstValueAsLong("Content-Length").orElseThrow())
                    .isPositive();
            assertThat(head.body()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void wrongConsistencyIsAProblem(WebApplicationType type, Class<?> kind) throws Exception {
        try (var application = start(type, kind)) {
            var answer = send(application, "GET", "?consistency=fresh", HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("consistency is 'fresh'").contains("linearizable");
        }
    }

    @Test
    void oneThatNobodyWaitsForIsClosed() {
        var backup = new StoredBackup(10, Long.MAX_VALUE);
        var fake = FakeReplica.of(Map.of());
        var coming = new CompletableFuture<BackupOutcome>();
        var replica = fake.replica();
        Mockito.doReturn(coming).when(replica).backup(ArgumentMatchers.any());
        var route = new BackupCalls(replica, new Problems(replica)).routes().get(0);
        var request = new AdminRequest(
                "GET",
                "/raft/admin",
                "snapshot",
                null,
                new AdminRequest.Content(null, new byte[0]),
                AdminRequest.Headers.NONE,
                "");
        var answer = route.work().answer(new AdminCall(request, route, 0, Map.of()));
        answer.cancel(true);
        coming.complete(new BackupOutcome.Ready(backup));
        assertThat(backup.closed).isEqualTo(1);
    }
}
