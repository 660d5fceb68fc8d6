/**
 * Measures clusters of processes on one machine, our own and others, with the same load and the same clock. The process
 * that is started by hand arranges and prints; it starts the members and whoever puts load on them as children, and
 * talks to them line by line over their standard streams.
 */
@NullMarked
package io.raftboot.benchmarks;

import org.jspecify.annotations.NullMarked;
