package io.raftboot.demo.playground;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Something to be written, as anybody may ask a member for it. */
sealed interface Write {
    /** The request, to whoever listens on the port. */
    HttpRequest.Builder request(int port);

    /** A value of a key. */
    record Put(String key, String value) implements Write {
        @Override
        public HttpRequest.Builder request(int port) {
            String path =
                    "/kv/" + URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
            return to(port, path).header("Content-Type", "text/plain").PUT(BodyPublishers.ofString(value));
        }
    }

    /** An account of the ledger. */
    record Open(String id, long balance) implements Write {
        @Override
        public HttpRequest.Builder request(int port) {
            return post(port, "/accounts", Map.of("id", id, "balance", balance));
        }
    }

    /** Money of the ledger that moves. */
    record Transfer(String from, String to, long amount) implements Write {
        @Override
        public HttpRequest.Builder request(int port) {
            return post(port, "/transfers", Map.of("from", from, "to", to, "amount", amount));
        }
    }

    private static HttpRequest.Builder post(int port, String path, Map<String, Object> body) {
        return to(port, path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(body)));
    }

    private static HttpRequest.Builder to(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }
}
