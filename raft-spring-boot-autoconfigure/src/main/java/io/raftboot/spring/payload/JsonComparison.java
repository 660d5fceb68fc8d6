package io.raftboot.spring.payload;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/**
 * Whether two pieces of JSON are of equal values: names in any order, elements in any order unless the type is one that has
 * an order, all else to the letter.
 */
final class JsonComparison {
    private final JsonShapes shapes;

    JsonComparison(JsonShapes shapes) {
        this.shapes = shapes;
    }

    /** Whether a sorted collection has to come back in its order. */
    enum Order {
        KEPT,
        /** It goes through a constructor, which may have its own idea. */
        FREE
    }

    /**
     * Compares all of two pieces.
     *
     * @param type null if it is not known
     * @param first index of the first element in the array of which they are a part; 0 else
     * @throws ChangedPayloadException naming the first place where they differ
     */
    void compare(@Nullable JavaType type, JsonTree written, JsonTree back, String path, Order order, long first)
            throws ChangedPayloadException {
        if (written instanceof JsonTree.Names one && back instanceof JsonTree.Names other) {
            names(shape(type), one, other, path, order);
        } else if (written instanceof JsonTree.Items one && back instanceof JsonTree.Items other) {
            items(shape(type), one.items(), other.items(), path, order, first);
        } else if (!written.equals(back)) {
            throw ChangedPayloadException.differs(path, written.text(), back.text());
        }
    }

    private void names(JsonShape shape, JsonTree.Names written, JsonTree.Names back, String path, Order order)
            throws ChangedPayloadException {
        for (Map.Entry<String, JsonTree> each : written.values().entrySet()) {
            String at = at(shape, path, each.getKey());
            JsonTree other = back.values().get(each.getKey());
            if (other == null) {
                throw ChangedPayloadException.lost(at, each.getValue().text());
            }
            compare(shape.named(each.getKey()), each.getValue(), other, at, Order.KEPT, 0);
        }
        for (Map.Entry<String, JsonTree> each : back.values().entrySet()) {
            if (!written.values().containsKey(each.getKey())) {
                throw ChangedPayloadException.added(
                        at(shape, path, each.getKey()), each.getValue().text());
            }
        }
        var keys = new ArrayList<>(written.values().keySet());
        var keysBack = new ArrayList<>(back.values().keySet());
        if (shape.inOrder() && order == Order.KEPT && !keys.equals(keysBack)) {
            throw reordered(path, keys, keysBack);
        }
    }

    private void items(
            JsonShape shape, List<JsonTree> written, List<JsonTree> back, String path, Order order, long first)
            throws ChangedPayloadException {
        if (written.size() != back.size()) {
            throw new ChangedPayloadException(
                    path, "was written with " + written.size() + " elements, and comes back with " + back.size());
        }
        boolean free = !shape.inOrder() || order == Order.FREE;
        if (free || isSet(shape)) {
            List<String> all = canonical(shape.item(), written);
            List<String> allBack = canonical(shape.item(), back);
            if (all.equals(allBack)) {
                return;
            }
            if (sorted(all).equals(sorted(allBack))) {
                if (free) {
                    return;
                }
                throw reordered(path, all, allBack);
            }
        }
        for (int i = 0; i < written.size(); i++) {
            compare(shape.item(), written.get(i), back.get(i), path + "[" + (first + i) + "]", Order.KEPT, 0);
        }
    }

    private static boolean isSet(JsonShape shape) {
        return shape instanceof JsonShape.Elements elements && elements.set();
    }

    private static ChangedPayloadException reordered(String path, List<String> written, List<String> back) {
        int place = 0;
        while (written.get(place).equals(back.get(place))) {
            place++;
        }
        return new ChangedPayloadException(
                path,
                "was written in another order than it comes back in: " + written.get(place) + " stood where now "
                        + back.get(place) + " stands; a Comparator is not written");
    }

    private List<String> canonical(@Nullable JavaType type, List<JsonTree> trees) {
        return trees.stream().map(tree -> canonical(type, tree)).toList();
    }

    /** The same for all pieces that {@link #compare} takes for equal. */
    String canonical(@Nullable JavaType type, JsonTree tree) {
        JsonShape shape = shape(type);
        if (tree instanceof JsonTree.Items array) {
            List<String> items = canonical(shape.item(), array.items());
            return (shape.inOrder() ? items : sorted(items)).toString();
        }
        if (tree instanceof JsonTree.Names object) {
            Map<String, String> values = new TreeMap<>();
            object.values().forEach((name, value) -> values.put(name, canonical(shape.named(name), value)));
            return values.toString();
        }
        return tree.text();
    }

    private static List<String> sorted(List<String> items) {
        return items.stream().sorted().toList();
    }

    private JsonShape shape(@Nullable JavaType type) {
        return type == null ? new JsonShape.Opaque() : shapes.of(type);
    }

    /** Path of a part that has a name. */
    static String at(JsonShape shape, String path, String name) {
        return shape instanceof JsonShape.Entries ? path + "[" + name + "]" : path + "." + name;
    }
}
