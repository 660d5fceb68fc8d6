/** The console, driven in a browser: what a reader sees of it, whatever becomes of the members and wherever it is served. */
@NullMarked
package io.raftboot.console;

import org.jspecify.annotations.NullMarked;
