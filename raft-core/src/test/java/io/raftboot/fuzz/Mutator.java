package io.raftboot.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes inputs out of others, the same for the same seed. */
public final class Mutator {
    /** Longest input. What matters of lengths and limits is within, and a longer one is only slower. */
    static final int MAX_BYTES = 8 * 1024;

    private static final int MOST_CHANGES = 6;
    private static final int LONGEST_PIECE_BYTES = 64;

    /** Lengths, counts and numbers at which arithmetic ends. */
    private static final long[] NUMBERS = {
        0,
        1,
        2,
        7,
        8,
        16,
        31,
        32,
        63,
        64,
        127,
        128,
        255,
        256,
        511,
        512,
        513,
        4095,
        4096,
        4097,
        65535,
        65536,
        1 << 20,
        Integer.MAX_VALUE - 1,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        -1,
        -2,
        -8,
        -512,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private static final int VARINT_BITS = 7;
    private static final int VARINT_MORE = 0x80;

    private final SplittableRandom random;

    public Mutator(long seed) {
        random = new SplittableRandom(seed);
    }

    /** One of the inputs, changed in a few places. */
    public byte[] next(List<byte[]> corpus) {
        byte[] input = corpus.get(random.nextInt(corpus.size())).clone();
        int changes = random.nextBoolean() ? 1 : 1 + random.nextInt(MOST_CHANGES);
        for (int i = 0; i < changes; i++) {
            input = change(input, corpus);
        }
        return input.length > MAX_BYTES ? Arrays.copyOf(input, MAX_BYTES) : input;
    }

    public boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    private byte[] change(byte[] input, List<byte[]> corpus) {
        if (input.length == 0) {
            return random(1 + random.nextInt(LONGEST_PIECE_BYTES));
        }
        int at = random.nextInt(input.length);
        int length = 1 + random.nextInt(Math.min(LONGEST_PIECE_BYTES, input.length - at));
        return switch (random.nextInt(10)) {
            case 0, 1 -> {
                input[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                yield input;
            }
            case 2 -> {
                input[at] = (byte) NUMBERS[random.nextInt(NUMBERS.length)];
                yield input;
            }
            case 3 -> number(input, at);
            case 4 -> replaced(input, at, at, varint(NUMBERS[random.nextInt(NUMBERS.length)]));
            case 5 -> replaced(input, at, at, random(1 + random.nextInt(8)));
            case 6 -> replaced(input, at, at + length, new byte[0]);
            // A piece of itself once more, or many times.
            case 7 -> replaced(input, at, at, repeated(Arrays.copyOfRange(input, at, at + length)));
            case 8 -> spliced(input, at, corpus.get(random.nextInt(corpus.size())));
            default -> Arrays.copyOf(input, at);
        };
    }

    private byte[] number(byte[] input, int at) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)] + random.nextInt(3) - 1;
        int size = 1 << random.nextInt(4);
        boolean lowestFirst = random.nextBoolean();
        for (int i = 0; i < size && at + i < input.length; i++) {
            int place = lowestFirst ? i : size - 1 - i;
            input[at + i] = (byte) (number >>> (Byte.SIZE * place));
        }
        return input;
    }

    private byte[] repeated(byte[] piece) {
        int times = random.nextInt(8) == 0 ? 1 + random.nextInt(LONGEST_PIECE_BYTES) : 1;
        byte[] all = new byte[piece.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(piece, 0, all, i * piece.length, piece.length);
        }
        return all;
    }

    private byte[] spliced(byte[] input, int at, byte[] other) {
        if (other.length == 0) {
            return input;
        }
        int from = random.nextInt(other.length);
        byte[] piece = Arrays.copyOfRange(other, from, from + random.nextInt(other.length - from + 1));
        return random.nextBoolean() ? replaced(input, at, at, piece) : replaced(input, at, input.length, piece);
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] varint(long number) {
        byte[] bytes = new byte[10];
        int length = 0;
        long rest = number;
        do {
            boolean more = rest >>> VARINT_BITS != 0;
            bytes[length++] = (byte) ((rest & (VARINT_MORE - 1)) | (more ? VARINT_MORE : 0));
            rest >>>= VARINT_BITS;
        } while (rest != 0);
        return Arrays.copyOf(bytes, length);
    }

    private static byte[] replaced(byte[] input, int from, int to, byte[] by) {
        byte[] result = new byte[input.length - (to - from) + by.length];
        System.arraycopy(input, 0, result, 0, from);
        System.arraycopy(by, 0, result, from, by.length);
        System.arraycopy(input, to, result, from + by.length, input.length - to);
        return result;
    }
}
