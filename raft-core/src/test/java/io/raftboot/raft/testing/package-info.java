/**
 * Transcripts as tests: files that hold commands and the output expected of them, their parser, and the runner that
 * compares. The file format is that of etcd's raft library.
 */
@NullMarked
package io.raftboot.raft.testing;

import org.jspecify.annotations.NullMarked;
