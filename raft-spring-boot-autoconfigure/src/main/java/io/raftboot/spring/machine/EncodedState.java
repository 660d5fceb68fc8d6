package io.raftboot.spring.machine;

import io.raftboot.api.SnapshotWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A state in pieces, as a codec wrote it. In one array it would be copied each time that grows, while no command is applied,
 * and large arrays are what collectors of garbage like least. Written by one thread, then read by one.
 */
final class EncodedState extends OutputStream implements SnapshotWriter {
    private static final int PIECE_BYTES = 64 * 1024;

    private final List<byte[]> full = new ArrayList<>();
    private byte[] piece = new byte[PIECE_BYTES];
    private int used;

    @Override
    public void write(int value) {
        makeRoom();
        piece[used++] = (byte) value;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        int done = 0;
        while (done < length) {
            makeRoom();
            int fits = Math.min(length - done, PIECE_BYTES - used);
            System.arraycopy(source, offset + done, piece, used, fits);
            used += fits;
            done += fits;
        }
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        for (byte[] earlier : full) {
            out.write(earlier);
        }
        out.write(piece, 0, used);
    }

    private void makeRoom() {
        if (used == PIECE_BYTES) {
            full.add(piece);
            piece = new byte[PIECE_BYTES];
            used = 0;
        }
    }
}
