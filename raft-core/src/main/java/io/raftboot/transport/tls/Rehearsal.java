package io.raftboot.transport.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * A handshake of a member with itself, in memory: finds out whether key and certificate belong together, whether the issuer is among those
 * that are trusted, and whether protocols and ciphers fit the key, before any other member is asked.
 */
final class Rehearsal {
    /** Far more than any handshake takes. */
    private static final int MAX_ROUNDS = 64;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private Rehearsal() {}

    /** @throws SSLException if it comes to nothing, with the reason */
    static void hold(TlsMaterial material) throws SSLException {
        SSLEngine client = material.dialling();
        SSLEngine server = material.accepting();
        ByteBuffer toServer = buffer(client);
        ByteBuffer toClient = buffer(server);
        client.beginHandshake();
        server.beginHandshake();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            goOn(client, toClient, toServer);
            goOn(server, toServer, toClient);
            if (isDone(client) && isDone(server)) {
                return;
            }
        }
        throw new SSLException("it does not end");
    }

    private static ByteBuffer buffer(SSLEngine engine) {
        return ByteBuffer.allocate(4 * engine.getSession().getPacketBufferSize());
    }

    private static boolean isDone(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    /** Does what can be done without the other side. */
    private static void goOn(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        boolean more = true;
        while (more) {
            more = switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    engine.getDelegatedTask().run();
                    yield true;
                }
                case NEED_WRAP -> {
                    engine.wrap(NOTHING, out);
                    yield true;
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap(engine, in);
                case FINISHED, NOT_HANDSHAKING -> false;
            };
        }
    }

    private static boolean unwrap(SSLEngine engine, ByteBuffer in) throws SSLException {
        ByteBuffer content = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        in.flip();
        SSLEngineResult result = engine.unwrap(in, content);
        in.compact();
        return result.getStatus() == SSLEngineResult.Status.OK;
    }
}
