package io.raftboot.autoconfigure.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A request with the very headers that a test wants, {@code Host} among them, and its answer. */
public final class RawHttp {
    private final int port;
    private final Map<String, String> headers = new LinkedHashMap<>();

    /**
     * What came back.
     *
     * @param original status and headers as they were sent
     */
    public record Answer(int status, String original, String body) {
        /** Status and headers, in small letters. */
        public String head() {
            return original.toLowerCase(Locale.ROOT);
        }
    }

    /** To this machine. */
    public RawHttp(int port) {
        this.port = port;
        headers.put("Host", "localhost:" + port);
    }

    public RawHttp with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    public RawHttp as(String user) {
        return with("Authorization", "Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(UTF_8)));
    }

    public Answer send(String method, String path, String body) throws IOException {
        var request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nConnection: close\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        if (!body.isEmpty()) {
            request.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(body.length())
                    .append("\r\n");
        }
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(request.append("\r\n").append(body).toString().getBytes(UTF_8));
            socket.getOutputStream().flush();
            var answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            int end = answer.indexOf("\r\n\r\n");
            return new Answer(
                    Integer.parseInt(answer.substring(9, 12)), answer.substring(0, end), answer.substring(end + 4));
        }
    }
}
