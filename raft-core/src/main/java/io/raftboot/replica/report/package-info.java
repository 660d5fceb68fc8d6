/**
 * How the members are, asked of each other while somebody looks. Comes in: questions of callers and of other members. Goes out:
 * reports, this member's own and those of the others, with how long the way to each takes. Beside it what a member does is counted,
 * for as long as anybody has wanted to know. Safe for all threads; owns none, and waits for nothing.
 */
@NullMarked
package io.raftboot.replica.report;

import org.jspecify.annotations.NullMarked;
