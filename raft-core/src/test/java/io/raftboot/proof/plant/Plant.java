package io.raftboot.proof.plant;

import java.util.List;

/**
 * A mistake that can be planted.
 *
 * @param bug number of the bug of others that it is like, in the list that the project keeps of them; 0 for one that could be made here
 * @param tests what finds it where simulated members do not, or not for sure: test classes below the root package
 * @param course class whose runs are to find it, below the root package; empty for that of most plants
 * @param edits what is another than in the product
 */
public record Plant(String name, int bug, String what, List<String> tests, String course, List<Edit> edits) {
    /**
     * A place in a source where the mistake is.
     *
     * @param file below the root package
     * @param from what is there once
     */
    public record Edit(String file, String from, String to) {
        /**
         * The source with the mistake in it.
         *
         * @throws IllegalArgumentException if it does not fit
         */
        public String applyTo(String source) {
            int at = source.indexOf(from);
            if (at < 0 || source.indexOf(from, at + 1) >= 0) {
                throw new IllegalArgumentException(file + " has " + (at < 0 ? "not" : "more than once") + " the text\n"
                        + from + "\nWrite the plant anew for the code as it is now.");
            }
            return source.substring(0, at) + to + source.substring(at + from.length());
        }
    }
}
