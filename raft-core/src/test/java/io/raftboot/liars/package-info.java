/**
 * Peers that lie, and strangers, against members at work: what comes in is fuzzed behind lengths, checksums, introductions and TLS
 * that are right, so that all of it is reached. Members are real ones, over real sockets.
 */
@NullMarked
package io.raftboot.liars;

import org.jspecify.annotations.NullMarked;
