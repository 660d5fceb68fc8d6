package io.raftboot.linearizability;

/**
 * What a client asks of a key. The value of a key is a text of elements with commas between them, and empty before the first
 * write. A machine under test may use {@link #after} and {@link #answer} itself, or do the same in its own way.
 *
 * <p>Each element should be written by one call only: then a reader that saw it tells which call took place, and the check is both
 * sharp and quick. Elements that several calls write are allowed, and cost steps.
 */
public sealed interface Call {
    /** Value of a key that was not written yet. */
    String EMPTY = "";

    /** Between the elements of a value. */
    String SEPARATOR = ",";

    /** Answer to {@link CompareAndSet} where it has set the value. */
    String SET = "true";

    /** Answer to {@link CompareAndSet} where the value was another. */
    String NOT_SET = "false";

    /** The value of the key behind the call, where it was {@code before}. */
    String after(String before);

    /** What the call is answered where the value was {@code before}. */
    String answer(String before);

    /** Puts an element in place of the value; is answered with the value before. */
    record Write(String element) implements Call {
        public Write {
            requireElement(element);
        }

        @Override
        public String after(String before) {
            return element;
        }

        @Override
        public String answer(String before) {
            return before;
        }
    }

    /** Puts an element in place of the value where that is the expected one; is answered with whether it was. */
    record CompareAndSet(String expected, String element) implements Call {
        public CompareAndSet {
            requireElement(element);
        }

        @Override
        public String after(String before) {
            return before.equals(expected) ? element : before;
        }

        @Override
        public String answer(String before) {
            return before.equals(expected) ? SET : NOT_SET;
        }
    }

    /** Puts an element behind those of the value; is answered with the value before. */
    record Append(String element) implements Call {
        public Append {
            requireElement(element);
        }

        @Override
        public String after(String before) {
            return before.isEmpty() ? element : before + SEPARATOR + element;
        }

        @Override
        public String answer(String before) {
            return before;
        }
    }

    /** Is answered with the value. */
    record Read() implements Call {
        @Override
        public String after(String before) {
            return before;
        }

        @Override
        public String answer(String before) {
            return before;
        }
    }

    private static void requireElement(String element) {
        if (element.isEmpty() || element.contains(SEPARATOR)) {
            throw new IllegalArgumentException("an element is a text without commas, not '" + element + "'");
        }
    }
}
