package io.raftboot.simulation.network;

import com.google.protobuf.ByteString;

/**
 * What travels on a connection at once.
 *
 * @param from the end that sent it
 * @param bytes the data; empty for all other kinds
 * @param count how many bytes were read, for a {@link Kind#READ}
 */
record Piece(Socket from, Kind kind, ByteString bytes, int count) {
    enum Kind {
        /** The third of the three that make a connection. */
        OPENED,
        DATA,
        /** The other side has read so much, and takes as much more. */
        READ,
        /** Nothing more comes. */
        END,
        /** There is no connection any more. */
        RESET
    }

    static Piece of(Socket from, Kind kind) {
        return new Piece(from, kind, ByteString.EMPTY, 0);
    }

    static Piece data(Socket from, ByteString bytes) {
        return new Piece(from, Kind.DATA, bytes, 0);
    }

    static Piece read(Socket from, int count) {
        return new Piece(from, Kind.READ, ByteString.EMPTY, count);
    }
}
