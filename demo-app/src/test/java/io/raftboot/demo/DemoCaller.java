package io.raftboot.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks one member of the demo, as anybody may. */
public final class DemoCaller {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final int port;

    public DemoCaller(int port) {
        this.port = port;
    }

    public int port() {
        return port;
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    public JsonNode json(String path) throws IOException, InterruptedException {
        return JsonMapper.shared().readTree(get(path).body());
    }

    public HttpResponse<String> put(String path, String value) throws IOException, InterruptedException {
        return send(putting(path, value));
    }

    /** As {@link #put}, not waited for. */
    public CompletableFuture<HttpResponse<String>> putLater(String path, String value) {
        return CLIENT.sendAsync(putting(path, value).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder putting(String path, String value) {
        return request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .PUT(BodyPublishers.ofString(value));
    }

    /** A request with JSON; names and values of further headers may follow. */
    public HttpResponse<String> send(String method, String path, String json, String... headers)
            throws IOException, InterruptedException {
        var request =
                request(path).header("Content-Type", "application/json").method(method, BodyPublishers.ofString(json));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** Has the playground do something with a member, which must not refuse it. */
    public void act(long member, String action) throws IOException, InterruptedException {
        var answer = send("POST", "/playground/members/" + member + "/" + action, "{}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }

    /** A request with nothing but what is added to it. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LIMIT);
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }
}
