package io.raftboot.autoconfigure.properties;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * The name of a property as somebody wrote it, in its elements.
 *
 * @param elements an index stands in its brackets, as {@code [0]}
 */
record PropertyPath(List<String> elements) {
    private static final Pattern SEPARATORS = Pattern.compile("\\.|(?=\\[)");
    private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}\\p{N}]");
    private static final int LONGEST_UNSTEMMED = 3;

    static PropertyPath of(String written) {
        var elements = new ArrayList<String>();
        for (String element : SEPARATORS.split(written.trim(), -1)) {
            if (!element.isBlank()) {
                elements.add(element.trim());
            }
        }
        return new PropertyPath(List.copyOf(elements));
    }

    static boolean isIndex(String element) {
        return element.startsWith("[");
    }

    /** Letters and digits alone, as environment variables and Spring compare names. */
    static String letters(String text) {
        return NO_LETTERS.matcher(text).replaceAll("").toLowerCase(Locale.ROOT);
    }

    /** The element as it stands in the documentation: words in small letters with dashes between them. */
    static String dashed(String element) {
        String words = element.replace('_', '-');
        return words.equals(words.toUpperCase(Locale.ROOT))
                ? words.toLowerCase(Locale.ROOT)
                : DataObjectPropertyName.toDashedForm(words);
    }

    /** What Spring takes two names for one by. */
    String uniform() {
        return elements.stream().map(PropertyPath::letters).collect(Collectors.joining("."));
    }

    /** All its letters in a row, indexes left out, from one of its elements on. */
    String lettersFrom(int first) {
        return elements.stream()
                .skip(first)
                .filter(element -> !isIndex(element))
                .map(PropertyPath::letters)
                .collect(Collectors.joining());
    }

    /** The words of its elements from one on, indexes left out, each in the singular. */
    Set<String> wordsFrom(int first) {
        var words = new LinkedHashSet<String>();
        elements.stream().skip(first).filter(element -> !isIndex(element)).forEach(element -> {
            for (String word : dashed(element).split("-", -1)) {
                words.add(singular(word));
            }
        });
        words.remove("");
        return words;
    }

    private static String singular(String word) {
        return word.length() > LONGEST_UNSTEMMED && word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
    }

    boolean startsWith(PropertyPath other) {
        return elements.size() >= other.elements.size()
                && other.uniform().equals(new PropertyPath(elements.subList(0, other.elements.size())).uniform());
    }

    /** Whether each element is written in one of the ways that Spring documents, and not merely with the same letters. */
    boolean isSpelled(PropertyPath other) {
        for (int i = 0; i < other.elements.size(); i++) {
            if (!dashed(elements.get(i)).equals(dashed(other.elements.get(i)))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return String.join(".", elements).replace(".[", "[");
    }
}
