/** What committed commands cost until they are applied. */
@NullMarked
package io.raftboot.benchmarks.apply;

import org.jspecify.annotations.NullMarked;
