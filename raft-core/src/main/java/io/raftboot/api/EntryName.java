package io.raftboot.api;

import io.raftboot.raft.proto.Entry;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * The very entry of the log that an operator means, in words that fit no other: where it is, and what is in it. Written as
 * {@code INDEX:TERM:CHECKSUM}, for example {@code 4711:3:0c9a2f5e}.
 *
 * @param index of the entry, from 1 upwards
 * @param term of the entry, from 1 upwards
 * @param checksum CRC-32C of its data
 */
public record EntryName(long index, long term, int checksum) implements Comparable<EntryName> {
    private static final int CHECKSUM_DIGITS = 8;
    private static final String FORM =
            "INDEX:TERM:CHECKSUM, for example 4711:3:0c9a2f5e, as the member that stopped says it";

    public EntryName {
        if (index < 1 || term < 1) {
            throw new IllegalArgumentException(
                    "no entry has the index " + index + " and the term " + term + ": both begin with 1");
        }
    }

    /** The name of an entry of a log. */
    public static EntryName of(Entry entry) {
        var crc = new CRC32C();
        crc.update(entry.getData().asReadOnlyByteBuffer());
        return new EntryName(entry.getIndex(), entry.getTerm(), (int) crc.getValue());
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException saying what was written, and what to write instead
     */
    public static EntryName valueOf(String text) {
        String[] parts = text.trim().split(":", -1);
        if (parts.length != 3 || parts[2].length() != CHECKSUM_DIGITS) {
            throw malformed(text);
        }
        try {
            return new EntryName(number(parts[0]), number(parts[1]), HexFormat.fromHexDigits(parts[2]));
        } catch (IllegalArgumentException e) {
            throw malformed(text);
        }
    }

    public boolean names(Entry entry) {
        return entry.getIndex() == index && entry.getTerm() == term && of(entry).equals(this);
    }

    @Override
    public int compareTo(EntryName other) {
        int byIndex = Long.compare(index, other.index);
        int byPlace = byIndex == 0 ? Long.compare(term, other.term) : byIndex;
        return byPlace == 0 ? Integer.compareUnsigned(checksum, other.checksum) : byPlace;
    }

    @Override
    public String toString() {
        return index + ":" + term + ":" + String.format(Locale.ROOT, "%08x", checksum);
    }

    private static long number(String digits) {
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new NumberFormatException(digits);
        }
        return Long.parseLong(digits);
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("'" + text + "' names no entry; write " + FORM);
    }
}
