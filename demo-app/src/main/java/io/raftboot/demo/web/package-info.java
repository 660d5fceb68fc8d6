/** What the HTTP interfaces share: reading bodies, and errors that say whether anything happened. */
@NullMarked
package io.raftboot.demo.web;

import org.jspecify.annotations.NullMarked;
