package io.raftboot.transport.netty;

import io.raftboot.transport.tls.TestAuthority;
import io.raftboot.transport.tls.TestAuthority.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.security.cert.Certificate;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Somebody at the port of a member who speaks TLS by the means of the JDK. */
final class TlsClient implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 20_000;

    final SSLSocket socket;

    /** @param issued null to show no certificate */
    TlsClient(int port, @Nullable Issued issued, String... ciphers) throws IOException {
        var context = TestAuthority.context(issued, SecuredMembers.AUTHORITY);
        socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        if (ciphers.length > 0) {
            socket.setEnabledCipherSuites(ciphers);
        }
    }

    /** Says what a member says, from behind TLS. */
    RawPeer peerOfTheProtocol() throws IOException {
        return new RawPeer(socket);
    }

    Certificate peer() throws IOException {
        socket.startHandshake();
        return socket.getSession().getPeerCertificates()[0];
    }

    /** Whether the other side ends it, by TLS or without a word. */
    boolean isEnded() throws IOException {
        try {
            socket.startHandshake();
            int next = socket.getInputStream().read();
            while (next >= 0) {
                next = socket.getInputStream().read();
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
