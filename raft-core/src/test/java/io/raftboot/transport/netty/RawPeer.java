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
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Somebody at the port of a member who speaks the protocol byte by byte, and remembers what it said. */
public final class RawPeer implements AutoCloseable {
    /** What a connection begins with, in both directions. */
    static final byte[] PREFACE = {'R', 'B', 'T', 1};

    private static final int READ_TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private boolean checksums;
    private boolean heard;

    public RawPeer(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Somebody whom a member has dialled. */
    public RawPeer(Socket accepted) throws IOException {
        socket = accepted;
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
    }

    /** A connection that both sides have accepted. */
    static RawPeer connected(int port, Hello hello) throws IOException {
        RawPeer peer = new RawPeer(port);
        peer.introduce(hello);
        return peer;
    }

    /** One of the last version without checksums: the other side then sees what this one makes up as it was said. */
    public static Hello hello(LocalMember me, Purpose purpose) {
        return HelloFormat.hello(me.process(), List.of(me.group()), purpose, ByteString.copyFromUtf8("challenge"))
                .setHighestVersion(3)
                .build();
    }

    /** As a member does: introduction, answer, confirmation. */
    public void introduce(Hello hello) throws IOException {
        checksums = hello.getHighestVersion() > 3;
        say(PREFACE);
        say(frame(Frame.newBuilder().setHello(hello)));
        Frame answer = hear();
        if (answer == null || !answer.hasHello()) {
            throw new IOException("not accepted: " + answer);
        }
        confirm(answer.getHello());
    }

    public void confirm(Hello answer) throws IOException {
        sayFrame(Frame.newBuilder().setConfirmation(Confirmation.newBuilder().setAnswer(answer.getChallenge())));
    }

    /** Says a frame as was agreed on: with checksums, if this one introduced itself so. */
    public void sayFrame(Frame.Builder frame) throws IOException {
        say(checksums ? checked(frame) : frame(frame));
    }

    /** As {@link #sayFrame}, with bytes that may be none. */
    public void sayContent(byte[] content) throws IOException {
        say(checksums ? checked(content) : concat(length(content.length), content));
    }

    public void say(byte[]... parts) throws IOException {
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
    public Frame hear() throws IOException {
        try {
            DataInputStream input = new DataInputStream(socket.getInputStream());
            int first = input.readInt();
            if (first == ByteBuffer.wrap(PREFACE).getInt()) {
                first = input.readInt();
            }
            return checksums && heard ? hearChecked(input, first) : Frame.parseFrom(input.readNBytes(first));
        } catch (java.io.EOFException | SocketException closed) {
            return null;
        } finally {
            heard = true;
        }
    }

    private static Frame hearChecked(DataInputStream input, int length) throws IOException {
        int checksum = input.readInt();
        int ofHead = input.readInt();
        byte[] content = input.readNBytes(length);
        if (checksum != crc32c(content) || ofHead != crc32c(concat(length(length), length(checksum)))) {
            throw new IOException("wrong checksums before " + Frame.parseFrom(content));
        }
        return Frame.parseFrom(content);
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

    public boolean isClosedByOtherSide() throws IOException {
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

    public static byte[] preface() {
        return PREFACE.clone();
    }

    public static byte[] frame(Frame.Builder frame) {
        if (frame.hasHello() && frame.getHello().getHighestVersion() > 3) {
            frame.setHello(HelloFormat.sealed(frame.getHello().toBuilder()));
        }
        byte[] bytes = frame.build().toByteArray();
        return concat(length(bytes.length), bytes);
    }

    /** A frame as it is from version 4 on. */
    public static byte[] checked(Frame.Builder frame) {
        return checked(frame.build().toByteArray());
    }

    private static byte[] checked(byte[] content) {
        byte[] head = concat(length(content.length), length(crc32c(content)));
        return concat(head, length(crc32c(head)), content);
    }

    private static int crc32c(byte[] bytes) {
        var checksum = new CRC32C();
        checksum.update(bytes);
        return (int) checksum.getValue();
    }

    public static byte[] length(int length) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(length).array();
    }

    public static byte[] concat(byte[]... parts) {
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
