/**
 * The browser, and the page in it as a reader has it. Comes in: addresses. Goes out: what is read there, what came over the network,
 * pictures. Owned by the thread of the test: Playwright is for one thread.
 */
@NullMarked
package io.raftboot.console.browser;

import org.jspecify.annotations.NullMarked;
