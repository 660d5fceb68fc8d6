/** State machines that live in a {@code DataSource}. */
@NullMarked
package io.raftboot.autoconfigure.jdbc;

import org.jspecify.annotations.NullMarked;
