package io.raftboot.shape;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.shape.ParsedSource.Callable;
import io.raftboot.shape.ParsedSource.TopLevelType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shape of all modules: nothing grows out of sight. Each list below is exact: what needs its line no more has to go from it,
 * so that a list of what is still to be mended can only become shorter.
 */
class ShapeTests {
    private static final Logger log = LoggerFactory.getLogger(ShapeTests.class);

    private static final int MAX_FILE_LINES = 400;
    private static final int MAX_METHOD_LINES = 40;
    private static final int MAX_PARAMETERS = 7;
    private static final int MAX_FILES_IN_A_PACKAGE = 30;

    /** Records that are filled by name, and never by position outside of what is next to them; with the reason of each. */
    private static final Map<String, String> FILLED_BY_NAME = Map.ofEntries(
            Map.entry("RaftConfig", "its builder does it"),
            Map.entry("TransportOptions", "its builder does it"),
            Map.entry("RaftProperties", "Spring Boot binds it"),
            Map.entry("RaftDescriptor", "a document, whose fields the endpoint writes by name"),
            Map.entry("ReplicaStatus", "what a caller reads, by accessors"),
            Map.entry("Identity", "the rows of a file"),
            Map.entry("Ready", "etcd's fields, made at one place"),
            Map.entry("TraceEvent", "etcd's fields, made at one place"));

    /** The one package that is to be read as a whole, with the reason. */
    private static final Map<String, String> LARGE_PACKAGES = Map.of(
            "io.raftboot.raft",
            "one deterministic state machine, whose parts know each other and are to be known by nobody else");

    private static final Set<String> LONG_FILES_TO_MEND = Set.of();

    private static final Set<String> LONG_METHODS_TO_MEND = Set.of();

    private static final Set<String> MANY_PARAMETERS_TO_MEND = Set.of();

    private static final Set<String> LARGE_PACKAGES_TO_MEND = Set.of();

    /** Named in the instructions of those who run it with scenarios of their own. */
    private static final Set<String> TESTS_OF_ANOTHER_NAME = Set.of("InteractionTest");

    private static final Set<String> TEST_ANNOTATIONS =
            Set.of("Test", "TestFactory", "ParameterizedTest", "RepeatedTest", "TestTemplate");

    private static final List<ParsedSource> MAIN = Sources.main();
    private static final List<ParsedSource> TEST = Sources.test();

    @Test
    void noFileIsTooLong() {
        assertThat(longFiles(MAIN)).isEqualTo(LONG_FILES_TO_MEND);
    }

    @Test
    void noMethodIsTooLong() {
        var found = longMethods(MAIN);
        log.info("{} methods have more than {} lines", found.size(), MAX_METHOD_LINES);
        assertThat(found).isEqualTo(LONG_METHODS_TO_MEND);
    }

    @Test
    void nothingTakesTooManyParameters() {
        var found = manyParameters(MAIN);
        assertThat(found).isNotEmpty().containsAll(FILLED_BY_NAME.keySet());
        // A canonical constructor has the components of its record.
        FILLED_BY_NAME.keySet().forEach(type -> found.removeAll(Set.of(type, type + "." + type)));
        log.info("{} methods and records of parts take more than {} parameters", found.size(), MAX_PARAMETERS);
        assertThat(found).isEqualTo(MANY_PARAMETERS_TO_MEND);
    }

    @Test
    void noPackageHasTooManyFiles() {
        var found = largePackages(MAIN);
        assertThat(found).containsAll(LARGE_PACKAGES.keySet());
        found.removeAll(LARGE_PACKAGES.keySet());
        assertThat(found).isEqualTo(LARGE_PACKAGES_TO_MEND);
    }

    @Test
    void everyPackageSaysWhatItIsFor() {
        assertThat(packagesWithoutInfo(MAIN)).isEmpty();
    }

    @Test
    void classesOfTestsEndInTests() {
        assertThat(oddTests(TEST)).isEqualTo(TESTS_OF_ANOTHER_NAME);
    }

    @Test
    void allModulesAreRead() {
        assertThat(MAIN.stream().map(ParsedSource::module).distinct())
                .contains(
                        "raft-core",
                        "raft-tools",
                        "raft-spring-boot-autoconfigure",
                        "raft-spring-boot-test",
                        "demo-app",
                        "benchmarks");
        assertThat(TEST.stream().map(ParsedSource::module).distinct()).contains("raft-core", "raft-tools", "demo-app");
    }

    // The rules find what they are for.

    @Test
    void fileWithOneLineTooManyIsFound() throws IOException {
        var fits = ParsedSource.of("m", "Fits.java", "class Fits {}\n".concat("\n".repeat(MAX_FILE_LINES - 1)));
        var tooLong = ParsedSource.of("m", "Long.java", "class Long {}\n".concat("\n".repeat(MAX_FILE_LINES)));
        assertThat(longFiles(List.of(fits, tooLong))).containsExactly("Long");
    }

    @Test
    void methodIsCountedFromItsNameToItsEndWithoutWhatStandsBefore() throws IOException {
        var source = ParsedSource.ofLines(
                "Example.java",
                "final class Example {",
                "    /** Not counted. */",
                "    @Deprecated",
                "    @SuppressWarnings({",
                "        \"unused\"",
                "    })",
                "    void method(",
                "            int parameter) {",
                "        if (parameter > 0) {",
                "            run();",
                "        }",
                "    }",
                "    static class Inner {",
                "        Inner() {}",
                "    }",
                "}");
        assertThat(source.callables())
                .containsExactly(new Callable("Example.method", 6, 1), new Callable("Example.Inner.Inner", 1, 0));
    }

    @Test
    void methodWithOneLineTooManyIsFound() throws IOException {
        String statements = "run();\n".repeat(MAX_METHOD_LINES - 2);
        var source = ParsedSource.of(
                "m",
                "Example.java",
                "class Example {\nvoid fits() {\n" + statements + "}\nvoid longer() {\n" + statements + "run();\n}\n}");
        assertThat(longMethods(List.of(source))).containsExactly("Example.longer");
    }

    @Test
    void eighthParameterOrComponentIsFound() throws IOException {
        var source = ParsedSource.ofLines(
                "Example.java",
                "class Example {",
                "    Example(int a, int b, int c, int d, int e, int f, int g) {}",
                "    static void method(int a, int b, int c, int d, int e, int f, int g, int h) {}",
                "    record Pair(int a, int b) {",
                "        static int c, d, e, f, g, h, i;",
                "    }",
                "    record Parts(int a, int b, int c, int d, int e, int f, int g, int h) {}",
                "}");
        assertThat(manyParameters(List.of(source))).containsExactly("Example.Parts", "Example.method");
    }

    @Test
    void packageWithOneFileTooManyOrWithoutItsInfoIsFound() throws IOException {
        var files = new ArrayList<ParsedSource>();
        for (int i = 0; i < MAX_FILES_IN_A_PACKAGE; i++) {
            files.add(ParsedSource.of("m", "a/C" + i + ".java", "package a; class C" + i + " {}"));
            files.add(ParsedSource.of("m", "b/C" + i + ".java", "package b; class C" + i + " {}"));
        }
        files.add(ParsedSource.of("m", "a/package-info.java", "package a;"));
        assertThat(largePackages(files)).containsExactly("a");
        assertThat(packagesWithoutInfo(files)).containsExactly("b in m");
    }

    @Test
    void testOfAnotherNameIsFoundAndWhatOthersExtendIsNot() throws IOException {
        var files = List.of(
                ParsedSource.of("m", "LogTest.java", "class LogTest { @Test void works() {} }"),
                ParsedSource.of("m", "LogTests.java", "class LogTests { @org.junit.jupiter.api.Test void works() {} }"),
                ParsedSource.of("m", "Calls.java", "abstract class Calls { @Test void works() {} }"),
                ParsedSource.of("m", "Log.java", "class Log { @Override public void close() {} }"));
        assertThat(oddTests(files)).containsExactly("LogTest");
    }

    private static Set<String> longFiles(List<ParsedSource> sources) {
        return sources.stream()
                .filter(source -> source.lines() > MAX_FILE_LINES)
                .map(source -> source.path().replaceAll(".*/|\\.java", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> longMethods(List<ParsedSource> sources) {
        return callables(sources, callable -> callable.lines() > MAX_METHOD_LINES);
    }

    private static Set<String> manyParameters(List<ParsedSource> sources) {
        return callables(sources, callable -> callable.parameters() > MAX_PARAMETERS);
    }

    private static Set<String> callables(List<ParsedSource> sources, Predicate<Callable> isFound) {
        return sources.stream()
                .flatMap(source -> source.callables().stream())
                .filter(isFound)
                .map(Callable::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> largePackages(List<ParsedSource> sources) {
        var files = new TreeMap<String, Integer>();
        sources.forEach(source -> files.merge(source.packageName(), 1, Integer::sum));
        files.values().removeIf(count -> count <= MAX_FILES_IN_A_PACKAGE);
        return files.keySet();
    }

    private static Set<String> packagesWithoutInfo(List<ParsedSource> sources) {
        var found = new TreeSet<String>();
        sources.forEach(source -> found.add(source.packageName() + " in " + source.module()));
        sources.stream()
                .filter(ParsedSource::isPackageInfo)
                .forEach(source -> found.remove(source.packageName() + " in " + source.module()));
        return found;
    }

    private static Set<String> oddTests(List<ParsedSource> sources) {
        return sources.stream()
                .flatMap(source -> source.types().stream())
                .filter(type ->
                        !type.isAbstract() && type.annotations().stream().anyMatch(TEST_ANNOTATIONS::contains))
                .map(TopLevelType::name)
                .filter(name -> !name.endsWith("Tests"))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
