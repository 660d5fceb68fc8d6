/**
 * Backups on their way out of a web application. Comes in: a backup, which is closed here. Goes out: headers, and bytes as fast as they
 * are taken. Runs on the threads of who writes, or on those of Reactor that may block.
 */
@NullMarked
package io.raftboot.autoconfigure.backup;

import org.jspecify.annotations.NullMarked;
