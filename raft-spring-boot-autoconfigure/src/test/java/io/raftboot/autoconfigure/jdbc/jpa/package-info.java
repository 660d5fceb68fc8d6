/** A state machine that keeps its state by JPA. */
@NullMarked
package io.raftboot.autoconfigure.jdbc.jpa;

import org.jspecify.annotations.NullMarked;
