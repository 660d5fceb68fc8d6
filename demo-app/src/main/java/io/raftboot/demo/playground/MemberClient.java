package io.raftboot.demo.playground;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

/** Asks members over HTTP, as anybody may. Any thread. */
final class MemberClient {
    /** Time for which an answer to a write is waited for, in seconds; whoever waits longer would see less of what happens. */
    static final int PATIENCE_SECONDS = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(PATIENCE_SECONDS);

    private final HttpClient client;
    private final Map<Long, Integer> ports;

    /**
     * @param ports of all members, by id
     * @param threads for what is done with answers
     */
    MemberClient(Map<Long, Integer> ports, ExecutorService threads) {
        this.ports = ports;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .executor(threads)
                .build();
    }

    /** Writes through a member. Never completes exceptionally, and not later than after {@link #PATIENCE_SECONDS}. */
    CompletableFuture<CallResult> write(long through, Write write) {
        long begunNanos = System.nanoTime();
        HttpRequest request = write.request(port(through)).timeout(PATIENCE).build();
        return client.sendAsync(request, BodyHandlers.ofString()).handle((answer, failure) -> {
            double millis = (System.nanoTime() - begunNanos) / 1e6;
            return failure == null ? CallResult.of(answer, through, millis) : CallResult.of(failure, through, millis);
        });
    }

    /** Reads something of a member; waits for as long as it takes, and fails where the connection ends. */
    CompletableFuture<HttpResponse<String>> read(long member, String path) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(member) + path))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    private int port(long member) {
        Integer port = ports.get(member);
        if (port == null) {
            throw new PlaygroundException(404, "there is no member " + member + ", only " + ports.keySet());
        }
        return port;
    }
}
