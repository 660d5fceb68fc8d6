package io.raftboot.transport.netty;

import com.google.protobuf.ByteString;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.netty.handshake.HelloFormat;
import io.raftboot.transport.proto.Confirmation;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Liveness;
import io.raftboot.transport.proto.Purpose;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody at the port of a member who speaks the protocol byte by byte, and remembers what it said. */
final class RawPeer implements AutoCloseable {
    /** What a connection begins with, in both directions. */
    static final byte[] PREFACE = {'R', 'B', 'T', 1};

    private static final int READ_TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    RawPeer(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Somebody whom a member has dialled. */
    RawPeer(Socket accepted) throws IOException {
        socket = accepted;
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
    }

    /** A connection that both sides have accepted. */
    static RawPeer connected(int port, Hello hello) throws IOException {
        RawPeer peer = new RawPeer(port);
        peer.introduce(hello);
        return peer;
    }

    static Hello hello(LocalMember me, Purpose purpose) {
        return HelloFormat.hello(me.process(), List.of(me.group()), purpose, ByteString.copyFromUtf8("challenge"))
                .build();
    }

    /** As a member does: introduction, answer, confirmation. */
    private void introduce(Hello hello) throws IOException {
        say(PREFACE);
        say(frame(Frame.newBuilder().setHello(hello)));
        Frame answer = hear();
        if (answer == null || !answer.hasHello()) {
            throw new IOException("not accepted: " + answer);
        }
        confirm(answer.getHello());
    }

    void confirm(Hello answer) throws IOException {
        say(frame(Frame.newBuilder().setConfirmation(Confirmation.newBuilder().setAnswer(answer.getChallenge()))));
    }

    void say(byte[]... parts) throws IOException {
        for (byte[] part : parts) {
            said.writeBytes(part);
            socket.getOutputStream().write(part);
        }
    }

    /** All that was said, from the first byte on. */
    byte[] said() {
        return said.toByteArray();
    }

    /** The next frame; null if the other side has closed. */
    @Nullable
    Frame hear() throws IOException {
        try {
            DataInputStream input = new DataInputStream(socket.getInputStream());
            int first = input.readInt();
            if (first == ByteBuffer.wrap(PREFACE).getInt()) {
                first = input.readInt();
            }
            return Frame.parseFrom(input.readNBytes(first));
        } catch (java.io.EOFException | SocketException closed) {
            return null;
        }
    }

    /** The next frame that is not of the connection's own. */
    @Nullable
    Frame hearOfGroups() throws IOException {
        Frame frame = hear();
        while (frame != null && frame.getLiveness() != Liveness.LIVENESS_UNSPECIFIED) {
            frame = hear();
        }
        return frame;
    }

    boolean isClosedByOtherSide() throws IOException {
        try (socket) {
            InputStream input = socket.getInputStream();
            int next = input.read();
            while (next >= 0) {
                next = input.read(); // the answer to a good introduction
            }
            return true;
        } catch (SocketException reset) {
            return true;
        }
    }

    static byte[] frame(Frame.Builder frame) {
        byte[] bytes = frame.build().toByteArray();
        return concat(length(bytes.length), bytes);
    }

    static byte[] length(int length) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(length).array();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
