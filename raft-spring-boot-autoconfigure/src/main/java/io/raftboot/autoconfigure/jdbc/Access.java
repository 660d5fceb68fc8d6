package io.raftboot.autoconfigure.jdbc;

/** What somebody means to do with the database. */
enum Access {
    READ,
    WRITE
}
