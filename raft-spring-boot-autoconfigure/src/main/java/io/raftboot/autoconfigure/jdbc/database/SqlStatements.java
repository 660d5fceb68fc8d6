package io.raftboot.autoconfigure.jdbc.database;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The statements in a text of SQL, as far as it takes to tell what kind they are: the words they begin with and the last one.
 * Quoted texts and names, dollar quotes and comments are passed over as H2 and PostgreSQL both read them.
 */
public final class SqlStatements {
    /** Number of words that the longest beginning takes that is looked for. */
    private static final int KEPT_WORDS = 6;

    /** What reads and changes rows, and what belongs to savepoints, in the SQL of any database. */
    private static final Set<String> ROW_STATEMENTS = Set.of(
            "SELECT",
            "INSERT",
            "UPDATE",
            "DELETE",
            "MERGE",
            "REPLACE",
            "WITH",
            "VALUES",
            "TABLE",
            "CALL",
            "EXPLAIN",
            "SHOW",
            "HELP",
            "SAVEPOINT",
            "RELEASE");

    /** What statements begin with that read, unless one of the other words is in them. */
    private static final Set<String> READING = Set.of("SELECT", "WITH", "VALUES", "TABLE", "SHOW", "HELP");

    /** Words of statements within statements, of rows that are locked, and of numbers that are drawn; in a text in quotes they count, too. */
    private static final Pattern CHANGES = Pattern.compile(
            "\\b(INSERT|UPDATE|DELETE|MERGE|REPLACE|SHARE|NEXT|NEXTVAL|SETVAL|INTO)\\b", Pattern.CASE_INSENSITIVE);

    private static final char END = '\0';

    private final String sql;
    private final List<Statement> statements = new ArrayList<>();
    private List<String> first = new ArrayList<>();
    private String last = "";
    private int at;

    private SqlStatements(String sql) {
        this.sql = sql;
    }

    /**
     * One statement.
     *
     * @param first its first words and signs in upper case, without the parentheses it begins with
     * @param last its last word or sign in upper case
     */
    public record Statement(List<String> first, String last) {
        /** Whether the words are these. */
        boolean begins(String... words) {
            return first.size() >= words.length
                    && first.subList(0, words.length).equals(List.of(words));
        }

        /** Whether it only reads or changes rows, or sets and leaves a savepoint; a call in braces is JDBC's own. */
        public boolean isOfRows() {
            return ROW_STATEMENTS.contains(first.get(0)) || begins("{") || returnsToSavepoint();
        }

        /** Whether it rolls back to a savepoint, and not the transaction. */
        boolean returnsToSavepoint() {
            return begins("ROLLBACK", "TO")
                    || begins("ROLLBACK", "WORK", "TO")
                    || begins("ROLLBACK", "TRANSACTION", "TO");
        }
    }

    /** Those that are not empty, in order. */
    public static List<Statement> in(String sql) {
        var reader = new SqlStatements(sql);
        reader.read();
        return reader.statements;
    }

    /** Whether the text only reads, as far as can be seen: what a function does that it calls can't. */
    public static boolean readsAlone(String sql) {
        return !CHANGES.matcher(sql).find()
                && in(sql).stream()
                        .allMatch(
                                statement -> READING.contains(statement.first().get(0)));
    }

    private void read() {
        while (at < sql.length()) {
            char sign = sql.charAt(at);
            if (sign == ';') {
                at++;
                endStatement();
            } else if (!passOver(sign)) {
                if (Character.isJavaIdentifierStart(sign) || Character.isDigit(sign)) {
                    readWord();
                } else {
                    at++;
                    if (!Character.isWhitespace(sign)) {
                        add(String.valueOf(sign));
                    }
                }
            }
        }
        endStatement();
    }

    /** Comments and whatever is quoted. */
    private boolean passOver(char sign) {
        char next = at + 1 < sql.length() ? sql.charAt(at + 1) : END;
        if ((sign == '-' || sign == '/') && next == sign) {
            int end = sql.indexOf('\n', at);
            at = end < 0 ? sql.length() : end;
        } else if (sign == '/' && next == '*') {
            passComment();
        } else if (sign == '\'' || sign == '"' || sign == '`') {
            passQuoted(sign, false);
        } else if (sign == '$') {
            return passDollarQuoted();
        } else {
            return false;
        }
        return true;
    }

    /** These nest. */
    private void passComment() {
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < sql.length());
    }

    private void passQuoted(char quote, boolean escapes) {
        at++;
        while (at < sql.length() && sql.charAt(at) != quote) {
            at += escapes && sql.charAt(at) == '\\' ? 2 : 1;
        }
        // A quote that is doubled ends one text and begins the next, which comes to the same.
        at++;
        add(String.valueOf(quote));
    }

    private boolean passDollarQuoted() {
        int tagEnd = at + 1;
        while (tagEnd < sql.length() && isWordPart(sql.charAt(tagEnd)) && sql.charAt(tagEnd) != '$') {
            tagEnd++;
        }
        if (tagEnd >= sql.length() || sql.charAt(tagEnd) != '$' || Character.isDigit(sql.charAt(at + 1))) {
            return false;
        }
        String tag = sql.substring(at, tagEnd + 1);
        int end = sql.indexOf(tag, tagEnd + 1);
        at = end < 0 ? sql.length() : end + tag.length();
        add("$");
        return true;
    }

    private void readWord() {
        int start = at;
        while (at < sql.length() && isWordPart(sql.charAt(at))) {
            at++;
        }
        String word = sql.substring(start, at).toUpperCase(Locale.ROOT);
        if (word.equals("E") && at < sql.length() && sql.charAt(at) == '\'') {
            passQuoted('\'', true);
        } else {
            add(word);
        }
    }

    private static boolean isWordPart(char sign) {
        return Character.isJavaIdentifierPart(sign);
    }

    private void add(String word) {
        boolean leading = first.isEmpty() && word.equals("(");
        if (!leading && first.size() < KEPT_WORDS) {
            first.add(word);
        }
        last = word;
    }

    private void endStatement() {
        if (!first.isEmpty()) {
            statements.add(new Statement(List.copyOf(first), last));
        }
        first = new ArrayList<>();
        last = "";
    }
}
