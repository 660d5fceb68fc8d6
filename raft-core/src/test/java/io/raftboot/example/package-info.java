/** What docs/embedding.md shows, word by word: a replica in an application without Spring. */
@NullMarked
package io.raftboot.example;

import org.jspecify.annotations.NullMarked;
