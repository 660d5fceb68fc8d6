/** Classes that are extended in another package. */
@NullMarked
package io.raftboot.spring.foreign;

import org.jspecify.annotations.NullMarked;
