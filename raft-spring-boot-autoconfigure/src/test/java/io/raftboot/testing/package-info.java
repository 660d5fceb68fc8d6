/** What the tests of the other packages share. */
@NullMarked
package io.raftboot.testing;

import org.jspecify.annotations.NullMarked;
