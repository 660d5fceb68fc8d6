/**
 * Two drivers of the core, written from the documentation of {@code Ready}, {@code Storage}, {@code RawNode} and
 * {@code Node} alone, and nothing but their public methods; docs/core.md shows them.
 */
@NullMarked
package io.raftboot.raft.driver;

import org.jspecify.annotations.NullMarked;
