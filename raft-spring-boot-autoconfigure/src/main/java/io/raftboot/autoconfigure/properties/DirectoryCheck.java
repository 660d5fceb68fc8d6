package io.raftboot.autoconfigure.properties;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Whether the data directory is one that this process can name, and that can be written into the URL of a database: in one of H2, what
 * follows a semicolon are settings, of which some run statements. What only a shell or Spring's resource loader would understand
 * would become a directory of that very name.
 */
public final class DirectoryCheck {
    private static final String PROPERTY = "raft.data-dir";
    private static final Pattern RESOURCE =
            Pattern.compile("(?i)(file|classpath\\*?|optional|configtree|jar|[a-z][a-z0-9+.-]+(?=://)):.*");
    private static final Pattern SHELL_VARIABLE = Pattern.compile("\\$[A-Za-z_]\\w*([/\\\\].*)?|%\\w+%.*");
    private static final String HERE = "Write a directory of this member alone, for example data/raft.";
    private static final int MAX_ASCII = 127;

    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:\\\\.*", Pattern.DOTALL);

    private DirectoryCheck() {}

    /**
     * Checks the data directory, as it is written.
     *
     * @throws InvalidRaftPropertyException saying what to write instead
     */
    public static void check(String value) {
        if (value.isBlank()) {
            throw invalid("is empty", HERE);
        }
        WrittenAround.check(PROPERTY, value);
        checkNotation(value);
        Path directory;
        try {
            directory = Path.of(value).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw unnamable(value, e);
        }
        String absolute = directory.toString();
        if (absolute.indexOf(';') >= 0) {
            throw invalid(
                    "is " + absolute
                            + ", with a semicolon: in the URL of a database there, settings would begin behind it",
                    "Write a directory whose whole path has no semicolon.");
        }
        if (absolute.chars().anyMatch(Character::isISOControl)) {
            throw invalid(
                    "has a control character: '" + ValueText.ascii(value) + "'",
                    "Write the path without line ends, tabs and the like.");
        }
        checkPlace(directory);
    }

    private static void checkPlace(Path directory) {
        if (directory.getParent() == null) {
            throw invalid("is " + directory + ", the root of all directories", HERE);
        }
        for (Path each = directory; each != null; each = each.getParent()) {
            if (Files.exists(each, LinkOption.NOFOLLOW_LINKS)) {
                if (!Files.isDirectory(each)) {
                    String kind = Files.isSymbolicLink(each) ? "a link that leads to no directory" : "a file";
                    throw invalid("is " + directory + ", but " + each + " is " + kind + ", not a directory", HERE);
                }
                return;
            }
        }
    }

    private static void checkNotation(String value) {
        if (value.startsWith("~")) {
            throw invalid(
                    "is " + value + ", where ~ would be a directory of that name: only a shell takes it for a home",
                    value.equals("~") || value.startsWith("~/")
                            ? "Write ${user.home}" + value.substring(1) + ", or an absolute path."
                            : "Write an absolute path.");
        }
        if (File.separatorChar == '/' && DRIVE.matcher(value).matches()) {
            throw invalid(
                    "is " + value + ", a path of Windows, which would be the name of one directory here",
                    "Write a path with slashes and without a drive.");
        }
        if (RESOURCE.matcher(value).matches()) {
            String path = value.substring(value.indexOf(':') + 1).replaceFirst("^//+", "/");
            throw invalid(
                    "is " + value + ", which is the notation of a resource or a URL and not the path of a directory",
                    value.regionMatches(true, 0, "file:", 0, 5) && !path.isBlank()
                            ? "Write " + path + "."
                            : "Write the path of a directory on a disk of this machine, for example data/raft.");
        }
        if (SHELL_VARIABLE.matcher(value).matches()) {
            throw invalid(
                    "is " + value + ", with a variable that only a shell would fill in",
                    "Write it as ${NAME}, for example ${HOME}/raft.");
        }
    }

    private static InvalidRaftPropertyException unnamable(String value, InvalidPathException e) {
        String encoding = System.getProperty("sun.jnu.encoding", "unknown");
        boolean locale = value.chars().anyMatch(character -> character > MAX_ASCII);
        return locale
                ? invalid(
                        "is '" + ValueText.ascii(value)
                                + "', for which this process has no file name: its locale's encoding is " + encoding,
                        "Start it with the environment variable LC_ALL=C.UTF-8, or write a path of ASCII letters.")
                : invalid("is '" + ValueText.ascii(value) + "', which is no path: " + e.getReason(), HERE);
    }

    private static InvalidRaftPropertyException invalid(String reason, String action) {
        return new InvalidRaftPropertyException(PROPERTY, reason, action);
    }
}
