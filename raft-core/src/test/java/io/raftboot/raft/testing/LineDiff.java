package io.raftboot.raft.testing;

import java.util.List;

/**
 * What differs between two texts, line by line: {@code -} before a line that is missing, {@code +} before one too
 * many, a blank before those that agree. Of a long equal beginning or end only a few lines are shown.
 */
final class LineDiff {
    private static final int CONTEXT_LINES = 3;

    private LineDiff() {}

    static String of(String expected, String actual) {
        List<String> left = expected.lines().toList();
        List<String> right = actual.lines().toList();
        int prefix = commonPrefix(left, right);
        int suffix = commonSuffix(left, right, prefix);
        StringBuilder out = new StringBuilder();

        int firstShown = Math.max(0, prefix - CONTEXT_LINES);
        skipped(out, firstShown);
        left.subList(firstShown, prefix).forEach(line -> line(out, ' ', line));
        middle(out, left.subList(prefix, left.size() - suffix), right.subList(prefix, right.size() - suffix));
        int shownAfter = Math.min(CONTEXT_LINES, suffix);
        left.subList(left.size() - suffix, left.size() - suffix + shownAfter).forEach(line -> line(out, ' ', line));
        skipped(out, suffix - shownAfter);
        return out.toString();
    }

    private static void middle(StringBuilder out, List<String> left, List<String> right) {
        int[][] common = longestCommon(left, right);
        int i = 0;
        int j = 0;
        while (i < left.size() && j < right.size()) {
            if (left.get(i).equals(right.get(j))) {
                line(out, ' ', left.get(i));
                i++;
                j++;
            } else if (common[i + 1][j] >= common[i][j + 1]) {
                line(out, '-', left.get(i++));
            } else {
                line(out, '+', right.get(j++));
            }
        }
        left.subList(i, left.size()).forEach(line -> line(out, '-', line));
        right.subList(j, right.size()).forEach(line -> line(out, '+', line));
    }

    /** Length of the longest common subsequence of what is left from each pair of positions on. */
    private static int[][] longestCommon(List<String> left, List<String> right) {
        int[][] length = new int[left.size() + 1][right.size() + 1];
        for (int i = left.size() - 1; i >= 0; i--) {
            for (int j = right.size() - 1; j >= 0; j--) {
                length[i][j] = left.get(i).equals(right.get(j))
                        ? length[i + 1][j + 1] + 1
                        : Math.max(length[i + 1][j], length[i][j + 1]);
            }
        }
        return length;
    }

    private static int commonPrefix(List<String> left, List<String> right) {
        int limit = Math.min(left.size(), right.size());
        int length = 0;
        while (length < limit && left.get(length).equals(right.get(length))) {
            length++;
        }
        return length;
    }

    private static int commonSuffix(List<String> left, List<String> right, int prefix) {
        int limit = Math.min(left.size(), right.size()) - prefix;
        int length = 0;
        while (length < limit && left.get(left.size() - 1 - length).equals(right.get(right.size() - 1 - length))) {
            length++;
        }
        return length;
    }

    private static void line(StringBuilder out, char mark, String line) {
        out.append(mark).append(' ').append(line).append('\n');
    }

    private static void skipped(StringBuilder out, int lines) {
        if (lines > 0) {
            out.append("  (").append(lines).append(" equal lines)\n");
        }
    }
}
