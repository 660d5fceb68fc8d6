package io.raftboot.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much of raft-core is for those who use it. What is public elsewhere is so for the other rooms of the house alone. */
class ExportedTypesTests {
    private static final Logger log = LoggerFactory.getLogger(ExportedTypesTests.class);

    private static final int LIMIT_PERCENT = 40;

    private static final String CORE = "raft-core";

    static final Set<String> EXPORTED = Set.of(
            // The seams to files and network take time and threads from a host.
            "io.raftboot.agent",
            "io.raftboot.api",
            "io.raftboot.api.event",
            "io.raftboot.api.meter",
            "io.raftboot.api.report",
            "io.raftboot.api.trace",
            "io.raftboot.raft",
            "io.raftboot.raft.confchange",
            "io.raftboot.raft.quorum",
            "io.raftboot.raft.tracker",
            "io.raftboot.replica",
            "io.raftboot.replica.config",
            "io.raftboot.storage",
            "io.raftboot.storage.disk",
            "io.raftboot.transport",
            "io.raftboot.transport.memory",
            "io.raftboot.transport.netty",
            "io.raftboot.transport.tls");

    /** Public types of exported packages, and all types. */
    record Share(long exported, long all) {
        static Share of(List<ParsedSource> sources) {
            long exported = 0;
            long all = 0;
            for (ParsedSource source : sources) {
                if (source.module().equals(CORE)) {
                    all += source.types().size();
                    exported += EXPORTED.contains(source.packageName())
                            ? source.types().stream()
                                    .filter(ParsedSource.TopLevelType::isPublic)
                                    .count()
                            : 0;
                }
            }
            return new Share(exported, all);
        }

        double percent() {
            return 100.0 * exported / all;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%d of %d types of raft-core are exported, %.1f %%", exported, all, percent());
        }
    }

    @Test
    void lessThanFourOfTenTypesAreExported() {
        var sources = Sources.main();
        var share = Share.of(sources);
        log.info("{}", share);
        assertThat(share.percent()).as(share.toString()).isPositive().isLessThan(LIMIT_PERCENT);
        assertThat(sources.stream().map(ParsedSource::packageName)).containsAll(EXPORTED);
    }

    @Test
    void architectureNamesEachRoomAndWhetherItIsExported() throws IOException {
        var document = Files.readString(Path.of("..", "docs", "architecture.md"));
        for (ParsedSource source : Sources.main()) {
            if (source.module().equals(CORE)) {
                String row = "| `" + source.packageName() + "` | "
                        + (EXPORTED.contains(source.packageName()) ? "yes |" : "|");
                assertThat(document).contains(row);
            }
        }
    }

    /** What is wrong in the comments themselves, the compiler refuses. */
    @Test
    void everyExportedTypeSaysWhatItIs() {
        assertThat(unexplained(Sources.main())).isEmpty();
    }

    @Test
    void typeWithoutAWordIsFoundAlsoWithinAnother() throws IOException {
        assertThat(unexplained(List.of(
                        ParsedSource.of(
                                CORE, "A.java", "package io.raftboot.api; /** A. */ public class A { class B {} }"),
                        ParsedSource.of(
                                CORE, "C.java", "package io.raftboot.api; /** C. */ interface C { record D() {} }"),
                        ParsedSource.of(CORE, "E.java", "package io.raftboot.api; public enum E {}"),
                        ParsedSource.of(CORE, "F.java", "package io.raftboot.storage.log; public class F {}"))))
                .containsExactly("C.D", "E");
    }

    private static List<String> unexplained(List<ParsedSource> sources) {
        return sources.stream()
                .filter(source -> source.module().equals(CORE) && EXPORTED.contains(source.packageName()))
                .flatMap(source -> source.unexplained().stream())
                .toList();
    }

    @Test
    void publicTypesOfExportedPackagesAreCountedAgainstAll() throws IOException {
        var share = Share.of(List.of(
                ParsedSource.of(CORE, "A.java", "package io.raftboot.api; public interface A {} class B {}"),
                ParsedSource.of(CORE, "C.java", "package io.raftboot.api; public class C { public class D {} }"),
                ParsedSource.of(CORE, "E.java", "package io.raftboot.storage.log; public class E {}"),
                ParsedSource.of("raft-tools", "F.java", "package io.raftboot.api; public class F {}")));
        assertThat(share).isEqualTo(new Share(2, 4));
        assertThat(share.percent()).isEqualTo(50.0);
    }
}
