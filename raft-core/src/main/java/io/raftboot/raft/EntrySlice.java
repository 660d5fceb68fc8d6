package io.raftboot.raft;

import io.raftboot.raft.proto.Entry;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * An unmodifiable view of a part of an array whose filled places are never written again. So a part of the log can be
 * handed out without copying it, and stays what it was when the log grows or is cut.
 */
final class EntrySlice extends AbstractList<Entry> implements RandomAccess {
    private final Entry[] array;
    private final int start;
    private final int size;

    EntrySlice(Entry[] array, int start, int size) {
        this.array = array;
        this.start = start;
        this.size = size;
    }

    @Override
    public Entry get(int position) {
        return array[start + Objects.checkIndex(position, size)];
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public List<Entry> subList(int from, int to) {
        Objects.checkFromToIndex(from, to, size);
        return new EntrySlice(array, start + from, to - from);
    }

    @Override
    public Object[] toArray() {
        Object[] copy = new Object[size];
        System.arraycopy(array, start, copy, 0, size);
        return copy;
    }
}
