/**
 * Whether what is written under {@code raft} can be used: names, values, and what goes together. Comes in: property sources and bound
 * values. Goes out: refusals that say what was read, where it is written and what to write instead. Owned by the thread that starts
 * the application. Knows the exception of the package above it, and not the record of the properties.
 */
@NullMarked
package io.raftboot.autoconfigure.properties;

import org.jspecify.annotations.NullMarked;
