/**
 * Calls of the member as Micrometer's observations, and the traces of their callers on the way over all members. Takes calls of the
 * template and what the member tells of traced commands; gives observations to the application's registry, by its conventions. Comes on
 * the callers' and the member's threads.
 */
@NullMarked
package io.raftboot.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
