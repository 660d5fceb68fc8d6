/**
 * What databases do otherwise: kinds of statements, exports, numbers of columns. Comes in: connections and texts of SQL. Goes out: what
 * a {@link io.raftboot.autoconfigure.jdbc.DatabaseAdapter} promises. Owned by the thread that runs the command or writes the snapshot.
 */
@NullMarked
package io.raftboot.autoconfigure.jdbc.database;

import org.jspecify.annotations.NullMarked;
