/**
 * The demo's pages: the start page at {@code /}, and the files below {@code /demo/}. Comes in: a path. Goes out: a file with the
 * headers that keep everything else out of it. Owns no thread.
 */
@NullMarked
package io.raftboot.demo.pages;

import org.jspecify.annotations.NullMarked;
