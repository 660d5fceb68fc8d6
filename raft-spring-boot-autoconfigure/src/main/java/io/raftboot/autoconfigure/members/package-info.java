/**
 * The members of the running group as an application sees them, beside those that it was configured with. Comes in: the view that
 * the member gives. Goes out: the words for JSON, and what is not the same. Owns one thread, between start and stop of {@link
 * io.raftboot.autoconfigure.members.DriftWatch}.
 */
@NullMarked
package io.raftboot.autoconfigure.members;

import org.jspecify.annotations.NullMarked;
