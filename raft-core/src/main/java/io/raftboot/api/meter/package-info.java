/**
 * What whoever measures a replica is told of its work. Comes in: figures, on the threads that do the work. Goes out: nothing. Owned by
 * whoever implements it.
 */
@NullMarked
package io.raftboot.api.meter;

import org.jspecify.annotations.NullMarked;
