/**
 * Makes a member out of properties and beans, starts and stops it with the application, and explains what keeps it
 * from starting. Owns no thread: the replica owns its own, between the calls of {@link RaftNodeLifecycle}.
 */
@NullMarked
package io.raftboot.autoconfigure;

import org.jspecify.annotations.NullMarked;
