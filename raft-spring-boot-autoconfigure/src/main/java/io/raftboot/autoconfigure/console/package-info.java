/**
 * The page that shows the cluster, at {@code /raft/console}. Comes in: requests, of servlets or of WebFlux, made alike by one adapter
 * each. Goes out: a few files of the class path, and how all members are, as JSON. Owns no thread: what waits, waits on the web
 * server's, or on none.
 */
@NullMarked
package io.raftboot.autoconfigure.console;

import org.jspecify.annotations.NullMarked;
