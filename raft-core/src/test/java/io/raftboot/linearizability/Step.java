package io.raftboot.linearizability;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An operation as the search sees it: whether, and with what, it can be the next one. */
final class Step {
    /** The operation can't be the next one: it was answered something else. */
    static final int IMPOSSIBLE = -1;

    private enum Kind {
        WRITE,
        APPEND,
        SET,
        READ
    }

    private final Operation operation;
    private final Values values;
    private final Kind kind;
    /** Element that it writes; null of a read. */
    private final @Nullable String element;
    /** Value that {@link Kind#SET} expects. */
    private final int expected;

    private boolean needed;
    private boolean seen;
    private boolean shared;
    private long mustBy;
    private @Nullable String answer;
    private int answered = IMPOSSIBLE;
    /** Value right behind it, as those have seen it that saw its element; {@link #IMPOSSIBLE} where nobody has. */
    private int becomes = IMPOSSIBLE;

    Step(Operation operation, Values values) {
        this.operation = operation;
        this.values = values;
        var call = operation.call();
        int expectedValue = IMPOSSIBLE;
        if (call instanceof Call.Write write) {
            kind = Kind.WRITE;
            element = write.element();
        } else if (call instanceof Call.Append append) {
            kind = Kind.APPEND;
            element = append.element();
        } else if (call instanceof Call.CompareAndSet set) {
            kind = Kind.SET;
            element = set.element();
            expectedValue = values.value(set.expected());
        } else {
            kind = Kind.READ;
            element = null;
        }
        expected = expectedValue;
        needed = operation.ending() instanceof Operation.Done;
        mustBy = needed ? operation.returned() : Long.MAX_VALUE;
        if (operation.ending() instanceof Operation.Done done && done.answer() != null) {
            answer(done.answer());
        }
    }

    private void answer(String text) {
        answer = text;
        answered = kind == Kind.SET ? IMPOSSIBLE : values.value(text);
    }

    /** Somebody was answered its element by then, so it has taken place. */
    void seenBy(long time) {
        seen = true;
        needed = true;
        mustBy = Math.min(mustBy, time);
        if (kind == Kind.SET && answer == null) {
            answer(Call.SET);
        }
    }

    /**
     * Its element was seen at the end of this value, when it was written.
     *
     * @return whether that agrees with what others have seen
     */
    boolean seenAs(int value) {
        if (becomes == IMPOSSIBLE) {
            becomes = value;
        }
        return becomes == value;
    }

    /** Its element is written by other operations as well, so what was seen says nothing of it. */
    void share() {
        shared = true;
    }

    /** The value after it, where the value before it is this one. */
    int after(int before) {
        return switch (kind) {
            case READ -> fits(before) ? before : IMPOSSIBLE;
            case WRITE -> fits(before) ? put(Values.EMPTY) : IMPOSSIBLE;
            case APPEND -> fits(before) ? put(before) : IMPOSSIBLE;
            case SET -> afterSet(before);
        };
    }

    private int afterSet(int before) {
        boolean sets = before == expected;
        if (answer != null && answer.equals(sets ? Call.NOT_SET : Call.SET)) {
            return IMPOSSIBLE;
        }
        return sets ? put(Values.EMPTY) : before;
    }

    private int put(int prefix) {
        int value = values.append(prefix, written());
        return becomes == IMPOSSIBLE || becomes == value ? value : IMPOSSIBLE;
    }

    private boolean fits(int before) {
        return answer == null || answered == before;
    }

    private String written() {
        return Objects.requireNonNull(element);
    }

    /** Whether it changes nothing wherever it stands. */
    boolean onlyLooks() {
        return kind == Kind.READ || isRefusedSet();
    }

    boolean isRefusedSet() {
        return kind == Kind.SET && Call.NOT_SET.equals(answer);
    }

    /** Whether what it does depends on where it stands, and nobody knows what it did. */
    boolean mayHaveSet() {
        return kind == Kind.SET && answer == null && (needed || shared);
    }

    boolean expects(int value) {
        return expected == value;
    }

    boolean isAppend() {
        return kind == Kind.APPEND;
    }

    /** Whether it may be left out, and nobody has seen what it writes. */
    boolean isBlind() {
        return !needed && !seen && !shared;
    }

    /** The value that its client saw; null where it saw none. */
    @Nullable
    String seenValue() {
        if (kind == Kind.SET) {
            return Call.SET.equals(answer) ? ((Call.CompareAndSet) operation.call()).expected() : null;
        }
        return answer;
    }

    Operation operation() {
        return operation;
    }

    @Nullable
    String element() {
        return element;
    }

    boolean isShared() {
        return shared;
    }

    boolean isNeeded() {
        return needed;
    }

    boolean isSeen() {
        return seen;
    }

    long invoked() {
        return operation.invoked();
    }

    /** Time at which it has taken place at the latest. */
    long mustBy() {
        return mustBy;
    }
}
