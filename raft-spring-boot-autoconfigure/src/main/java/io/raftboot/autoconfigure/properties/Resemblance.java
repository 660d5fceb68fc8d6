package io.raftboot.autoconfigure.properties;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which known property an unknown one may be meant for: one with the same letters otherwise divided, with a few letters more,
 * fewer or others, with some of the same words in another place, or with a name that similar software has for the same.
 */
final class Resemblance {
    /** Names of other software for what decides who the members are and where their data is. */
    private static final Map<String, List<String>> ELSEWHERE = Map.of(
            "raft.peers",
                    List.of(
                            "members",
                            "nodes",
                            "servers",
                            "hosts",
                            "seeds",
                            "seednodes",
                            "cluster",
                            "clustermembers",
                            "clusternodes",
                            "initialcluster",
                            "initialmembers",
                            "initialpeers",
                            "bootstrap",
                            "voters"),
            "raft.node-id", List.of("id", "memberid", "serverid", "peerid", "selfid", "localid", "self", "member"),
            "raft.data-dir",
                    List.of("dir", "directory", "datadirectory", "path", "datapath", "storagedir", "logdir", "home"),
            "raft.cluster-name", List.of("name", "clusterid", "group", "groupname"));

    private static final int MOST_NAMED = 3;
    private static final int SHORT_NAME = 4;
    private static final int MIDDLE_NAME = 8;

    private static final int SAME_LETTERS = 0;
    private static final int ANOTHER_NAME = 10;
    private static final int SAME_WORDS = 20;
    private static final int NONE = Integer.MAX_VALUE;

    private Resemblance() {}

    /**
     * The known properties that resemble the written one most, at most three.
     *
     * @param first element of the written name that counts, behind its prefix
     */
    static List<KnownProperties.Known> nearest(
            PropertyPath written, int first, Collection<KnownProperties.Known> known) {
        var nearest = new ArrayList<KnownProperties.Known>();
        int best = NONE - 1;
        for (KnownProperties.Known candidate : known) {
            int distance = distance(written, first, candidate.path());
            if (distance < best) {
                best = distance;
                nearest.clear();
            }
            if (distance == best && nearest.size() < MOST_NAMED) {
                nearest.add(candidate);
            }
        }
        return nearest;
    }

    private static int distance(PropertyPath written, int first, PropertyPath known) {
        String letters = written.lettersFrom(first);
        String wanted = known.lettersFrom(1);
        if (letters.equals(wanted) || (written.elements().size() > first && isBelow(written, first, known))) {
            return SAME_LETTERS;
        }
        int edits = edits(letters, wanted);
        if (edits <= allowedEdits(wanted.length())) {
            return edits;
        }
        if (ELSEWHERE.getOrDefault(known.toString(), List.of()).contains(letters)) {
            return ANOTHER_NAME;
        }
        Set<String> words = written.wordsFrom(first);
        Set<String> wantedWords = known.wordsFrom(1);
        boolean shared = !words.isEmpty() && (wantedWords.containsAll(words) || words.containsAll(wantedWords));
        return shared ? SAME_WORDS + Math.abs(words.size() - wantedWords.size()) : NONE;
    }

    /** A map where a value or a list is wanted: {@code raft.peers.1}. */
    private static boolean isBelow(PropertyPath written, int first, PropertyPath known) {
        var elements = written.elements();
        int behind = first + known.elements().size() - 1;
        return behind < elements.size()
                && new PropertyPath(elements.subList(first, behind))
                        .lettersFrom(0)
                        .equals(known.lettersFrom(1));
    }

    private static int allowedEdits(int length) {
        return length <= SHORT_NAME ? 1 : length <= MIDDLE_NAME ? 2 : 3;
    }

    /** Letters to put in, take out, change, or swap with the next. */
    static int edits(String from, String to) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[to.length()];
    }
}
