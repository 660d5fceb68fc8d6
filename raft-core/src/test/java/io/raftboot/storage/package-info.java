@NullMarked
package io.raftboot.storage;

import org.jspecify.annotations.NullMarked;
