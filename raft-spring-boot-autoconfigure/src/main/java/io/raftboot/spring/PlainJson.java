package io.raftboot.spring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments that most calls have, whole numbers, truth values, bytes and ASCII text, as the very JSON that the mapper
 * writes, in a fraction of its time: a call is written once, but read on every member. Whatever is not as plain as that is
 * left to the mapper.
 */
final class PlainJson {
    /** Of numbers that fit into a {@code long} whatever their digits. */
    private static final int MAX_DIGITS = 18;

    private static final int INITIAL_SIZE_BYTES = 2;

    /** What stands around a name and a value, and a number of common length. */
    private static final int ROOM_BYTES = 16;

    private static final int FIRST_NOT_ASCII = 0x80;
    private static final int NONE = -1;

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHEST_BITS = 0x8080808080808080L;
    private static final long SPACES = 0x2020202020202020L;
    private static final long QUOTES = 0x2222222222222222L;
    private static final long QUESTION_MARKS = 0x3f3f3f3f3f3f3f3fL;
    private static final long BACKSLASHES = 0x5c5c5c5c5c5c5c5cL;

    /** Characters that may stand in a JSON string as they are. */
    private static final boolean[] LITERAL = new boolean[FIRST_NOT_ASCII];

    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};

    static {
        Arrays.fill(LITERAL, ' ', FIRST_NOT_ASCII, true);
        LITERAL['"'] = false;
        LITERAL['\\'] = false;
    }

    private byte[] bytes;
    private int position;

    /** Of what is read. */
    private final int limit;

    private PlainJson(byte[] bytes, int start, int limit) {
        this.bytes = bytes;
        this.position = start;
        this.limit = limit;
    }

    /** The arguments as a JSON object, or null if they are not plain. */
    static @Nullable ByteBuffer write(List<RaftParameter> parameters, @Nullable Object[] arguments) {
        var json = new PlainJson(new byte[size(parameters, arguments)], 0, 0);
        json.put('{');
        for (int i = 0; i < parameters.size(); i++) {
            if (i > 0) {
                json.put(',');
            }
            if (!json.putText(parameters.get(i).name())) {
                return null;
            }
            json.put(':');
            if (!json.putValue(parameters.get(i).type(), arguments[i])) {
                return null;
            }
        }
        json.put('}');
        return ByteBuffer.wrap(json.bytes, 0, json.position);
    }

    /** What {@link #write} wrote for the same parameters, or null if the bytes may be something else. */
    static @Nullable Object @Nullable [] read(List<RaftParameter> parameters, byte[] encoded, int start, int length) {
        var json = new PlainJson(encoded, start, start + length);
        @Nullable Object[] arguments = new @Nullable Object[parameters.size()];
        boolean plain = json.take('{');
        for (int i = 0; plain && i < arguments.length; i++) {
            RaftParameter parameter = parameters.get(i);
            plain = (i == 0 || json.take(',')) && json.takeName(parameter.name()) && json.take(':');
            if (plain && json.take(NULL)) {
                plain = !(parameter.type() instanceof Class<?> type) || !type.isPrimitive();
            } else if (plain) {
                arguments[i] = json.value(parameter.type());
                plain = arguments[i] != null;
            }
        }
        return plain && json.take('}') && json.position == json.limit ? arguments : null;
    }

    // --- writing ------------------------------------------------------------------------------------------------

    /** Enough for most. */
    private static int size(List<RaftParameter> parameters, @Nullable Object[] arguments) {
        int size = INITIAL_SIZE_BYTES;
        for (int i = 0; i < arguments.length; i++) {
            size += parameters.get(i).name().length() + ROOM_BYTES;
            if (arguments[i] instanceof String text) {
                size += text.length();
            }
        }
        return size;
    }

    private boolean putValue(Type type, @Nullable Object value) {
        if (value == null) {
            put(NULL);
            return true;
        }
        if (type == String.class && value instanceof String text) {
            return putText(text);
        }
        if ((isLong(type) && value instanceof Long) || (isInt(type) && value instanceof Integer)) {
            putNumber(((Number) value).longValue());
            return true;
        }
        if (isBoolean(type) && value instanceof Boolean truth) {
            put(truth ? TRUE : FALSE);
            return true;
        }
        if (type == byte[].class && value instanceof byte[] binary) {
            put('"');
            put(Base64.getEncoder().encode(binary));
            put('"');
            return true;
        }
        return false;
    }

    private boolean putText(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        if (endOfLiterals(encoded, 0, encoded.length) < encoded.length) {
            return false;
        }
        // A question mark may stand for half a character, which UTF-8 can't say and the mapper writes as an escape.
        if (hasQuestionMark(encoded) && !text.equals(new String(encoded, StandardCharsets.ISO_8859_1))) {
            return false;
        }
        reserve(encoded.length + 2);
        put('"');
        put(encoded);
        put('"');
        return true;
    }

    private static boolean hasQuestionMark(byte[] ascii) {
        int at = 0;
        long found = 0;
        for (; at + Long.BYTES <= ascii.length; at += Long.BYTES) {
            found |= zeros((long) WORDS.get(ascii, at) ^ QUESTION_MARKS);
        }
        for (; at < ascii.length; at++) {
            found |= ascii[at] == '?' ? HIGHEST_BITS : 0;
        }
        return (found & HIGHEST_BITS) != 0;
    }

    private void putNumber(long value) {
        put(Long.toString(value).getBytes(StandardCharsets.ISO_8859_1));
    }

    private void put(byte[] what) {
        reserve(what.length);
        System.arraycopy(what, 0, bytes, position, what.length);
        position += what.length;
    }

    private void put(char what) {
        reserve(1);
        bytes[position++] = (byte) what;
    }

    private void reserve(int more) {
        if (bytes.length - position < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, position + more + ROOM_BYTES));
        }
    }

    // --- reading ------------------------------------------------------------------------------------------------

    private @Nullable Object value(Type type) {
        if (type == String.class) {
            int start = position + 1;
            int end = takeText();
            return end == NONE ? null : new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
        }
        if (isLong(type)) {
            return takeNumber();
        }
        if (isInt(type)) {
            Long number = takeNumber();
            return number == null || number != number.intValue() ? null : (Integer) number.intValue();
        }
        if (isBoolean(type)) {
            return take(TRUE) ? Boolean.TRUE : take(FALSE) ? Boolean.FALSE : null;
        }
        return type == byte[].class ? takeBinary() : null;
    }

    private byte @Nullable [] takeBinary() {
        int start = position + 1;
        int end = takeText();
        if (end == NONE || (end - start) % 4 != 0) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(Arrays.copyOfRange(bytes, start, end));
        } catch (IllegalArgumentException e) {
            // Not base64: the mapper says so better.
            return null;
        }
    }

    /** Where the text ends whose opening quote is next. */
    private int takeText() {
        if (!take('"')) {
            return NONE;
        }
        int end = endOfLiterals(bytes, position, limit);
        position = end;
        return take('"') ? end : NONE;
    }

    /** Where the first character stands that is no literal one; eight at a time, as nearly all are. */
    private static int endOfLiterals(byte[] source, int start, int limit) {
        int at = start;
        while (at + Long.BYTES <= limit && areLiteral((long) WORDS.get(source, at))) {
            at += Long.BYTES;
        }
        while (at < limit && source[at] >= 0 && LITERAL[source[at]]) {
            at++;
        }
        return at;
    }

    /** Whether all eight bytes are literal ASCII characters: each test leaves the highest bit of a byte that is none. */
    private static boolean areLiteral(long word) {
        long others = zeros(word ^ QUOTES) | zeros(word ^ BACKSLASHES);
        return ((word | (word - SPACES) | others) & HIGHEST_BITS) == 0;
    }

    /** Has the highest bit of a byte set if any of the eight is zero. */
    private static long zeros(long word) {
        return (word - ONES) & ~word;
    }

    private @Nullable Long takeNumber() {
        boolean negative = take('-');
        int start = position;
        long number = 0;
        while (position < limit && bytes[position] >= '0' && bytes[position] <= '9') {
            number = 10 * number + (bytes[position] - '0');
            position++;
        }
        int digits = position - start;
        // A zero in front is no JSON, unless it is all.
        boolean plain = digits >= 1 && digits <= MAX_DIGITS && (bytes[start] != '0' || (digits == 1 && !negative));
        return plain ? (Long) (negative ? -number : number) : null;
    }

    private boolean takeName(String name) {
        int start = position + 1;
        int end = takeText();
        if (end == NONE || end - start != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (bytes[start + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean take(byte[] what) {
        int end = position + what.length;
        if (end > limit || !Arrays.equals(bytes, position, end, what, 0, what.length)) {
            return false;
        }
        position = end;
        return true;
    }

    private boolean take(char what) {
        if (position == limit || bytes[position] != what) {
            return false;
        }
        position++;
        return true;
    }

    private static boolean isLong(Type type) {
        return type == long.class || type == Long.class;
    }

    private static boolean isInt(Type type) {
        return type == int.class || type == Integer.class;
    }

    private static boolean isBoolean(Type type) {
        return type == boolean.class || type == Boolean.class;
    }
}
