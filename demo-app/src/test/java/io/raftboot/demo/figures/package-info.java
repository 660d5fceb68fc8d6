/** What operators are given to look at the figures of a member, held against the figures themselves. */
@NullMarked
package io.raftboot.demo.figures;

import org.jspecify.annotations.NullMarked;
