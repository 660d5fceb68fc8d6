/**
 * Measures the log by itself, beside a bare file and when it is opened again. Comes in: options. Goes out: lines of figures.
 */
@NullMarked
package io.raftboot.benchmarks.log;

import org.jspecify.annotations.NullMarked;
