/** What the sources of all modules have to look like. Comes in: the files. Goes out: tests that name what breaks a rule. */
@NullMarked
package io.raftboot.shape;

import org.jspecify.annotations.NullMarked;
