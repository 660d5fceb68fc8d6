/** A replicated key-value store, written as an annotated bean. */
@NullMarked
package io.raftboot.demo.kv;

import org.jspecify.annotations.NullMarked;
