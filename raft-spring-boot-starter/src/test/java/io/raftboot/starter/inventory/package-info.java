/** An application that has nothing but the starter and one annotated bean. */
@NullMarked
package io.raftboot.starter.inventory;

import org.jspecify.annotations.NullMarked;
