package io.raftboot.demo.process;

import java.io.IOException;
import java.net.SocketException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** Somebody who dials the raft port of a member, and does not look at its own certificate first, as every member does. */
final class Stranger {
    private static final int PATIENCE_MILLIS = 30_000;

    private Stranger() {}

    /** What a member shows. */
    static X509Certificate shownAt(int port, SSLContext context) throws IOException {
        try (SSLSocket socket = connect(port, context)) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    /** Whether the other side says anything before it ends the connection, which it has to. */
    static boolean isHeard(int port, SSLContext context) throws IOException {
        try (SSLSocket socket = connect(port, context)) {
            socket.startHandshake();
            return socket.getInputStream().read() >= 0;
        } catch (SSLException | SocketException e) {
            return false; // The alert, or the end of the connection that overtook it.
        }
    }

    private static SSLSocket connect(int port, SSLContext context) throws IOException {
        var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }
}
