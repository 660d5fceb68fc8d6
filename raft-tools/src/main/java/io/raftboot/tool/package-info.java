/**
 * The command-line tool for the directory of a member that is not running: {@code java -jar raft-tools.jar --help}. Reads
 * only, unless a command says otherwise, and refuses a directory that is in use. Not for use by applications.
 */
@NullMarked
package io.raftboot.tool;

import org.jspecify.annotations.NullMarked;
