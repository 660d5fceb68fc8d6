/** What is said to operators, and how often. */
@NullMarked
package io.raftboot.notice;

import org.jspecify.annotations.NullMarked;
