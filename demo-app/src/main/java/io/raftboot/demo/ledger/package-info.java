/** A replicated ledger, written as a state machine of bytes that keeps its state in H2. */
@NullMarked
package io.raftboot.demo.ledger;

import org.jspecify.annotations.NullMarked;
