/**
 * State machines that live in a {@code DataSource}. Comes in: commands and queries of the member, and what is written through the
 * application's data sources meanwhile. Goes out: transactions that hold a command, its index and its sessions together, and refusals of
 * what would be outside of them. Owned by the apply stage of the member; transactions of callers are theirs.
 */
@NullMarked
package io.raftboot.autoconfigure.jdbc;

import org.jspecify.annotations.NullMarked;
