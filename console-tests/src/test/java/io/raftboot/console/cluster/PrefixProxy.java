package io.raftboot.console.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What stands before a member and puts a path before all of its own, which it takes away from requests: the member does not know of
 * it. Bytes go on as they come, so streams do too.
 */
public final class PrefixProxy implements AutoCloseable {
    /** What each connection has for itself, or the client sets. */
    private static final Set<String> OWN =
            Set.of("connection", "content-length", "host", "transfer-encoding", "upgrade");

    private final String prefix;
    private final Member member;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> strays = new CopyOnWriteArrayList<>();

    /** @param prefix begins with a slash, and does not end with one */
    public PrefixProxy(String prefix, Member member) throws IOException {
        this.prefix = prefix;
        this.member = member;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    /** Of what the member serves at a path, as seen from before the proxy. */
    public String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + prefix + path;
    }

    /** Paths that were asked for and are not below the prefix. */
    public List<String> strays() {
        return List.copyOf(strays);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().toString();
            if (!path.startsWith(prefix + "/")) {
                strays.add(path);
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            pass(exchange, path.substring(prefix.length()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass(HttpExchange exchange, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(member.url(path)))
                .method(
                        exchange.getRequestMethod(),
                        HttpRequest.BodyPublishers.ofByteArray(
                                exchange.getRequestBody().readAllBytes()))
                .header("X-Forwarded-For", "127.0.0.1")
                .header("X-Forwarded-Prefix", prefix);
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        answer.headers().map().forEach((name, values) -> {
            if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        try (var body = answer.body()) {
            boolean empty = answer.statusCode() == 304
                    || answer.headers().firstValueAsLong("content-length").orElse(-1) == 0;
            exchange.sendResponseHeaders(answer.statusCode(), empty ? -1 : 0);
            if (!empty) {
                carry(body, exchange);
            }
        }
    }

    private static void carry(InputStream from, HttpExchange to) throws IOException {
        var buffer = new byte[8192];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            to.getResponseBody().write(buffer, 0, read);
            to.getResponseBody().flush();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
