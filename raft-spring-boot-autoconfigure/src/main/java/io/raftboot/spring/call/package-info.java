/**
 * What can be called, and one call on its way: how it is written into the log, sent by the template, and how its outcome is told.
 * Comes in: a name and arguments. Goes out: a result or an exception. Owned by the calling thread.
 */
@NullMarked
package io.raftboot.spring.call;

import org.jspecify.annotations.NullMarked;
