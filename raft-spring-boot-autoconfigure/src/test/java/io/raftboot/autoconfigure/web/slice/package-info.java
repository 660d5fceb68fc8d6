@NullMarked
package io.raftboot.autoconfigure.web.slice;

import org.jspecify.annotations.NullMarked;
