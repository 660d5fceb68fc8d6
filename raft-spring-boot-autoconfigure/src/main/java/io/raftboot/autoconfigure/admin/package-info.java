/**
 * Calls over HTTP that look after the cluster, below {@code /raft/admin}. Comes in: requests, of servlets or of WebFlux, made alike
 * by one adapter each. Goes out: JSON, problem details, and streams of events. Owns no thread: what waits, waits on the web
 * server's, or on none.
 */
@NullMarked
package io.raftboot.autoconfigure.admin;

import org.jspecify.annotations.NullMarked;
