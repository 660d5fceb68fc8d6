/**
 * What a comparison came to. Comes in: a figure after the other, from measurements and from the file of an earlier run. Goes out:
 * tables that can stand in a page as they are.
 */
@NullMarked
package io.raftboot.benchmarks.results;

import org.jspecify.annotations.NullMarked;
