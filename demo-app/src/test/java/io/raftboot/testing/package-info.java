/** What the tests of several packages share. */
@NullMarked
package io.raftboot.testing;

import org.jspecify.annotations.NullMarked;
