package io.raftboot.simulation.tls;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection: shows a certificate, judges that of the other end, as a task, and says so when it does not believe it. In the
 * order of TLS 1.3: who dials has come through before the other end has judged its certificate.
 */
final class SimulatedEngine extends SSLEngine {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final String[] CIPHERS = {"SIMULATED"};

    private static final byte HELLO = 1;
    private static final byte ANSWER = 2;
    private static final byte FINISHED = 3;
    private static final int MESSAGE_BYTES = 2 + 2 * Long.BYTES;

    private static final byte FAREWELL = 0;
    private static final byte NOT_AS_SENT = 20;
    private static final byte NOT_BELIEVED = 42;

    private final SimulatedTls tls;
    private final long owner;
    private final SimulatedCertificate shown;
    private final Set<Integer> trusted;
    private final ArrayDeque<Outgoing> out = new ArrayDeque<>();
    private boolean dials;
    private boolean wantsCertificate;
    private boolean begun;
    private boolean done;
    private boolean inboundClosed;
    private boolean outboundClosed;
    private @Nullable Runnable task;
    private boolean taskIsTaken;
    private @Nullable SSLException failure;
    private SimulatedTls.@Nullable Side other;
    private int heard;

    /** @param last of this side's handshake */
    private record Outgoing(int type, ByteBuffer content, boolean last) {}

    SimulatedEngine(SimulatedTls tls, long owner, SimulatedCertificate shown, Set<Integer> trusted) {
        this.tls = tls;
        this.owner = owner;
        this.shown = shown;
        this.trusted = trusted;
    }

    @Override
    public void beginHandshake() {
        if (!begun) {
            begun = true;
            if (dials) {
                say(HELLO, false, false, false);
            }
        }
    }

    private void say(byte kind, boolean withCertificate, boolean wants, boolean last) {
        var message = ByteBuffer.allocate(MESSAGE_BYTES);
        message.put(kind).put((byte) (wants ? 1 : 0)).putLong(owner).putLong(withCertificate ? shown.number() : 0);
        out.add(new Outgoing(Records.HANDSHAKE, message.flip(), last));
    }

    @Override
    public HandshakeStatus getHandshakeStatus() {
        if (task != null) {
            return HandshakeStatus.NEED_TASK;
        }
        if (failure != null || !out.isEmpty()) {
            return HandshakeStatus.NEED_WRAP;
        }
        return begun && !done && !inboundClosed ? HandshakeStatus.NEED_UNWRAP : HandshakeStatus.NOT_HANDSHAKING;
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] from, int offset, int count, ByteBuffer to) throws SSLException {
        fail();
        beginHandshake();
        var next = out.peek();
        if (task != null) {
            return new SSLEngineResult(Status.OK, getHandshakeStatus(), 0, 0);
        }
        if (next != null) {
            return wrap(next, to);
        }
        if (outboundClosed) {
            return new SSLEngineResult(Status.CLOSED, getHandshakeStatus(), 0, 0);
        }
        return done ? wrapData(from, offset, count, to) : new SSLEngineResult(Status.OK, getHandshakeStatus(), 0, 0);
    }

    private SSLEngineResult wrap(Outgoing next, ByteBuffer to) {
        int bytes = Records.bytes(next.content().remaining());
        if (to.remaining() < bytes) {
            return new SSLEngineResult(Status.BUFFER_OVERFLOW, getHandshakeStatus(), 0, 0);
        }
        out.remove();
        Records.write(next.type(), next.content().duplicate(), to);
        if (next.last()) {
            established();
            return new SSLEngineResult(Status.OK, HandshakeStatus.FINISHED, 0, bytes);
        }
        var status = next.type() == Records.ALERT ? Status.CLOSED : Status.OK;
        return new SSLEngineResult(status, getHandshakeStatus(), 0, bytes);
    }

    private static SSLEngineResult wrapData(ByteBuffer[] from, int offset, int count, ByteBuffer to) {
        var data = ByteBuffer.allocate(Records.MAX_DATA);
        for (int i = offset; i < offset + count; i++) {
            var part = from[i].duplicate();
            part.limit(part.position() + Math.min(part.remaining(), data.remaining()));
            data.put(part);
        }
        data.flip();
        int taken = data.remaining();
        int bytes = Records.bytes(taken);
        if (taken == 0) {
            return new SSLEngineResult(Status.OK, HandshakeStatus.NOT_HANDSHAKING, 0, 0);
        }
        if (to.remaining() < bytes) {
            return new SSLEngineResult(Status.BUFFER_OVERFLOW, HandshakeStatus.NOT_HANDSHAKING, 0, 0);
        }
        int left = taken;
        for (int i = offset; i < offset + count; i++) {
            int part = Math.min(left, from[i].remaining());
            from[i].position(from[i].position() + part);
            left -= part;
        }
        Records.write(Records.DATA, data, to);
        return new SSLEngineResult(Status.OK, HandshakeStatus.NOT_HANDSHAKING, taken, bytes);
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer from, ByteBuffer[] to, int offset, int count) throws SSLException {
        fail();
        beginHandshake();
        if (inboundClosed) {
            return new SSLEngineResult(Status.CLOSED, getHandshakeStatus(), 0, 0);
        }
        if (task != null || (!out.isEmpty() && !done)) {
            return new SSLEngineResult(Status.OK, getHandshakeStatus(), 0, 0);
        }
        var next = peek(from);
        if (next == null) {
            return new SSLEngineResult(Status.BUFFER_UNDERFLOW, getHandshakeStatus(), 0, 0);
        }
        int produced = 0;
        if (next.type() == Records.DATA) {
            if (room(to, offset, count) < next.content().remaining()) {
                return new SSLEngineResult(Status.BUFFER_OVERFLOW, getHandshakeStatus(), 0, 0);
            }
            produced = data(next.content(), to, offset, count);
        }
        from.position(from.position() + next.bytes());
        if (next.type() == Records.ALERT) {
            alert(next.content().get());
        } else if (next.type() == Records.HANDSHAKE) {
            handshake(next.content());
        }
        return new SSLEngineResult(
                inboundClosed ? Status.CLOSED : Status.OK, getHandshakeStatus(), next.bytes(), produced);
    }

    private Records.@Nullable Arrived peek(ByteBuffer from) throws SSLException {
        try {
            return Records.peek(from);
        } catch (SSLException e) {
            end(NOT_AS_SENT);
            throw e;
        }
    }

    private static long room(ByteBuffer[] to, int offset, int count) {
        long room = 0;
        for (int i = offset; i < offset + count; i++) {
            room += to[i].remaining();
        }
        return room;
    }

    private int data(ByteBuffer content, ByteBuffer[] to, int offset, int count) throws SSLException {
        if (!done) {
            end(NOT_AS_SENT);
            throw new SSLException("data before the handshake");
        }
        int produced = content.remaining();
        for (int i = offset; i < offset + count && content.hasRemaining(); i++) {
            while (content.hasRemaining() && to[i].hasRemaining()) {
                to[i].put(content.get());
            }
        }
        if (other != null) {
            heard++;
            tls.watch().heard(self(), other, heard);
        }
        return produced;
    }

    private void alert(byte code) throws SSLException {
        inboundClosed = true;
        if (code != FAREWELL) {
            throw new SSLException("Received fatal alert: " + code);
        }
        closeOutbound();
    }

    private void handshake(ByteBuffer message) throws SSLException {
        byte kind = message.get();
        boolean wants = message.get() != 0;
        long otherOwner = message.getLong();
        var certificate = tls.certificate(message.getLong());
        other = new SimulatedTls.Side(otherOwner, certificate, !dials);
        if (kind == HELLO && !dials) {
            say(ANSWER, true, wantsCertificate, false);
        } else if (kind == ANSWER && dials) {
            takeTask(() -> judge(certificate, () -> say(FINISHED, wants, false, true)));
        } else if (kind == FINISHED && !dials) {
            takeTask(() -> judge(certificate, this::established));
        } else {
            end(NOT_AS_SENT);
            throw new SSLHandshakeException("a message of the handshake out of turn");
        }
    }

    /** For another thread, as what takes time is; until it has come to its end nothing goes on. */
    private void takeTask(Runnable work) {
        taskIsTaken = false;
        task = () -> {
            work.run();
            task = null;
        };
    }

    private void judge(@Nullable SimulatedCertificate certificate, Runnable otherwise) {
        boolean believed = certificate == null
                ? !dials && !wantsCertificate
                : certificate.isValid() && trusted.contains(certificate.issuer());
        if (believed) {
            otherwise.run();
            return;
        }
        if (other != null) {
            tls.watch().disbelieved(self(), other);
        }
        end(NOT_BELIEVED);
        failure = new SSLHandshakeException("not believed: " + certificate);
    }

    private void established() {
        done = true;
        if (other != null) {
            tls.watch().established(self(), other);
        }
    }

    private SimulatedTls.Side self() {
        return new SimulatedTls.Side(owner, shown, dials);
    }

    private void end(byte code) {
        out.clear();
        out.add(new Outgoing(Records.ALERT, ByteBuffer.wrap(new byte[] {code}), false));
        outboundClosed = true;
    }

    /** What a task has found is said by the next call. */
    private void fail() throws SSLException {
        var thrown = failure;
        failure = null;
        if (thrown != null) {
            throw thrown;
        }
    }

    @Override
    @Nullable
    @SuppressWarnings("NullAway") // As the class above has it: if there is none.
    public Runnable getDelegatedTask() {
        var due = taskIsTaken ? null : task;
        taskIsTaken = due != null || taskIsTaken;
        return due;
    }

    @Override
    public void closeInbound() {
        inboundClosed = true;
    }

    @Override
    public boolean isInboundDone() {
        return inboundClosed;
    }

    @Override
    public void closeOutbound() {
        if (!outboundClosed) {
            end(FAREWELL);
        }
    }

    @Override
    public boolean isOutboundDone() {
        return outboundClosed && out.isEmpty();
    }

    @Override
    public SSLSession getSession() {
        return SimulatedSession.of(() -> other);
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return CIPHERS.clone();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return CIPHERS.clone();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {}

    @Override
    public String[] getSupportedProtocols() {
        return PROTOCOLS.clone();
    }

    @Override
    public String[] getEnabledProtocols() {
        return PROTOCOLS.clone();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {}

    @Override
    public void setUseClientMode(boolean client) {
        dials = client;
    }

    @Override
    public boolean getUseClientMode() {
        return dials;
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        wantsCertificate = need;
    }

    @Override
    public boolean getNeedClientAuth() {
        return wantsCertificate;
    }

    @Override
    public void setWantClientAuth(boolean want) {}

    @Override
    public boolean getWantClientAuth() {
        return false;
    }

    @Override
    public void setEnableSessionCreation(boolean enabled) {}

    @Override
    public boolean getEnableSessionCreation() {
        return true;
    }
}
