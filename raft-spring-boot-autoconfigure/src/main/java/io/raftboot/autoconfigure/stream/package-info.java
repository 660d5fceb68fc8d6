/**
 * Streams of server-sent events, of whatever there is to be told. Comes in: feeds, and the answers of servlets and of WebFlux that they are
 * written to. Goes out: bytes, to readers each of which may be slow or gone. Owns one thread for all of them, while there are any.
 */
@NullMarked
package io.raftboot.autoconfigure.stream;

import org.jspecify.annotations.NullMarked;
