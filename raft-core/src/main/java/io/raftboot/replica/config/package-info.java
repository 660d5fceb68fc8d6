/**
 * What is decided about a replica before it starts. Comes in: the settings of whoever embeds it. Goes out: checked,
 * immutable records. Owned by nobody.
 */
@NullMarked
package io.raftboot.replica.config;

import org.jspecify.annotations.NullMarked;
