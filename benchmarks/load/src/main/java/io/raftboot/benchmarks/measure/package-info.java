/** What a measurement is made of, and what is said of the machine that it was made on. Comes in: counts. Goes out: figures. */
@NullMarked
package io.raftboot.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
