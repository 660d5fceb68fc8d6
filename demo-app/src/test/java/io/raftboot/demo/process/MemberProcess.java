package io.raftboot.demo.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A member that runs in a process of its own. Its output is kept beside its data, for whoever looks for a failure. */
final class MemberProcess {
    private static final Path JAR = Path.of("target", "demo-app.jar");
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private static final String HEAP = "256m";

    /** What the virtual machines of all processes are told besides, separated by spaces. */
    private static final List<String> EVERYBODYS_OPTIONS = Stream.of(
                    System.getProperty("raft.demo.jvm-options", "").split(" "))
            .filter(option -> !option.isEmpty())
            .toList();

    private final Path output;
    private final String heap;
    private final int httpPort;
    private final List<String> arguments;
    private List<String> jvmOptions = EVERYBODYS_OPTIONS;
    private Map<String, String> environment = Map.of();
    private int managementPort;
    private @Nullable Process process;

    MemberProcess(Path output, int httpPort, String... arguments) {
        this(output, HEAP, httpPort, arguments);
    }

    /** @param heap as {@code -Xmx} takes it */
    MemberProcess(Path output, String heap, int httpPort, String... arguments) {
        this.output = output;
        this.heap = heap;
        this.httpPort = httpPort;
        this.managementPort = httpPort;
        this.arguments = List.of(arguments);
    }

    /** What the virtual machine is told besides, from the next start on. */
    MemberProcess withJvmOptions(List<String> options) {
        jvmOptions = List.copyOf(options);
        return this;
    }

    /** Variables of the process, from the next start on. */
    MemberProcess withEnvironment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    /** Where the actuator is, if not on the port of the application. */
    MemberProcess withManagementPort(int port) {
        managementPort = port;
        return this;
    }

    MemberProcess start() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Started in seconds rather than fast for long, and small: three of them share the machine with the build.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx" + heap));
        command.addAll(jvmOptions);
        command.add("-jar");
        command.add(JAR.toAbsolutePath().toString());
        command.add("--server.port=" + httpPort);
        command.addAll(arguments);
        try {
            Files.createDirectories(output.toAbsolutePath().getParent());
            var builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() {
        running().destroyForcibly();
        waitFor(Duration.ofSeconds(10));
    }

    /** SIGTERM; returns when the process has ended in order. */
    void stop() {
        running().destroy();
        waitFor(STOP_LIMIT);
    }

    /** SIGSTOP: the process stands still, and its connections stay open. */
    void pause() {
        signal("-STOP");
    }

    /** SIGCONT. */
    void resume() {
        signal("-CONT");
    }

    boolean isAlive() {
        Process started = process;
        return started != null && started.isAlive();
    }

    /** The exit code, once the process has ended by itself. */
    int waitFor(Duration limit) {
        try {
            if (!running().waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the process did not end within " + limit + ":\n" + output());
            }
            return running().exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isReady() {
        return status("/actuator/health/readiness") == 200;
    }

    /** The field of {@code GET /actuator/raft}, or null if it is null or the member does not answer. */
    @Nullable
    Long raft(String field) {
        try {
            String body = get("/actuator/raft").body();
            return body.matches("(?s).*\"" + field + "\":\\d+.*")
                    ? Long.valueOf(body.replaceFirst("(?s).*?\"" + field + "\":(\\d+).*", "$1"))
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** A request as {@code curl -X PUT --data} sends it. */
    HttpResponse<String> put(String key, String value) throws IOException {
        return send(request("/kv/" + URLEncoder.encode(key, StandardCharsets.UTF_8))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .PUT(HttpRequest.BodyPublishers.ofString(value))
                .build());
    }

    HttpResponse<String> post(String path, String json) throws IOException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    HttpResponse<String> post(String path, String json, String idempotencyKey) throws IOException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", idempotencyKey)
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    /**
     * A request of whichever method.
     *
     * @param json the body; empty for none
     */
    HttpResponse<String> call(String method, String path, String json, String idempotencyKey) throws IOException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", idempotencyKey)
                .method(
                        method,
                        json.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    HttpResponse<String> get(String path) throws IOException {
        return send(request(path).build());
    }

    /** The status of a GET, or -1 without an answer in time. */
    int status(String path, Duration limit) {
        try {
            return send(request(path).timeout(limit).build()).statusCode();
        } catch (IOException e) {
            return -1;
        }
    }

    /** The status of a GET, or -1 without an answer. */
    int status(String path) {
        try {
            return get(path).statusCode();
        } catch (IOException e) {
            return -1;
        }
    }

    private HttpRequest.Builder request(String path) {
        int port = path.startsWith("/actuator/") ? managementPort : httpPort;
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(REQUEST_TIMEOUT);
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException {
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void signal(String signal) {
        try {
            int exit = new ProcessBuilder(
                            "kill", signal, String.valueOf(running().pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill " + signal + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Process running() {
        Process started = process;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started;
    }
}
