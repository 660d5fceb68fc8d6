/**
 * How all members of a group are, as one of them has learned it from the others. Comes in: nothing. Goes out: reports, which are values.
 */
@NullMarked
package io.raftboot.api.report;

import org.jspecify.annotations.NullMarked;
