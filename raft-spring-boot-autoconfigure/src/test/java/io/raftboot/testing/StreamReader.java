package io.raftboot.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A stream of server-sent events in chunks of HTTP that somebody reads, line by line, for at most half a minute each. */
public final class StreamReader implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final List<String> head = new ArrayList<>();
    private int leftOfChunk;
    private boolean begun;
    private boolean ended;

    /**
     * Opens one.
     *
     * @param lastEventId where a stream broke off; null for a new one
     */
    public StreamReader(int port, String path, @Nullable String lastEventId) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        String last = lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n";
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nAccept: text/event-stream\r\n"
                                + last + "\r\n")
                        .getBytes(UTF_8));
        in = socket.getInputStream();
        for (String line = headLine(); !line.isEmpty(); line = headLine()) {
            head.add(line.toLowerCase(Locale.ROOT));
        }
    }

    /** Status and headers, in small letters. */
    public List<String> head() {
        return head;
    }

    /** The next line that contains this. */
    public String await(String text) throws IOException {
        for (String line = line(); line != null; line = line()) {
            if (line.contains(text)) {
                return line;
            }
        }
        throw new AssertionError("the stream has ended without " + text + "; it began with " + head);
    }

    /** Reads what there is until the server ends the stream in order, and not by closing the connection. */
    public void awaitEnd() throws IOException {
        while (line() != null) {
            // What is left is for nobody.
        }
    }

    /** Null at the end. */
    private @Nullable String line() throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (int next = next(); next != '\n'; next = next()) {
            if (next < 0) {
                return null;
            }
            bytes.write(next);
        }
        return bytes.toString(UTF_8);
    }

    /** The next byte of the body; negative at its end. */
    private int next() throws IOException {
        if (ended) {
            return -1;
        }
        if (leftOfChunk == 0) {
            if (begun) {
                headLine();
            }
            begun = true;
            leftOfChunk = Integer.parseInt(headLine(), 16);
            ended = leftOfChunk == 0;
            return next();
        }
        leftOfChunk--;
        return read();
    }

    private String headLine() throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (int next = read(); next != '\n'; next = read()) {
            bytes.write(next);
        }
        return bytes.toString(UTF_8).strip();
    }

    private int read() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("the connection was closed; the answer began with " + head);
        }
        return next;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
