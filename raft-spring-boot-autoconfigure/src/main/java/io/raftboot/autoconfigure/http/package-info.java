/**
 * What all that is served over HTTP below {@code /raft} has in common: where it is, who may call, JSON, and problem details. Comes in: who
 * sends a request, as servlets or WebFlux know it. Goes out: whether the caller is served, and if not, why. Owns no thread.
 */
@NullMarked
package io.raftboot.autoconfigure.http;

import org.jspecify.annotations.NullMarked;
