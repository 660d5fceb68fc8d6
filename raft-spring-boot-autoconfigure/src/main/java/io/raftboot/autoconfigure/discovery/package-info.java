/**
 * Finds members by the names that a headless service gives them. Comes in: properties and the name of this process's host. Goes out:
 * addresses, and properties that say the same. Owns no thread.
 */
@NullMarked
package io.raftboot.autoconfigure.discovery;

import org.jspecify.annotations.NullMarked;
