/** A state machine that keeps its state by Spring Data JDBC. */
@NullMarked
package io.raftboot.autoconfigure.jdbc.data;

import org.jspecify.annotations.NullMarked;
