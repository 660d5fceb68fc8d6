/** The demo: one member by process, or three in one, with a key-value store and a ledger. */
@NullMarked
package io.raftboot.demo;

import org.jspecify.annotations.NullMarked;
