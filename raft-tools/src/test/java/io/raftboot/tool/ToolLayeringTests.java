package io.raftboot.tool;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The tool reads directories and runs no member, so that its jar needs neither transport nor network. */
class ToolLayeringTests {
    private static final ArchRule NO_NETWORK = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "io.raftboot.transport..",
                    "io.raftboot.replica",
                    "io.raftboot.replica.stage..",
                    "io.netty..",
                    "org.springframework.."));

    @Test
    void toolNeedsNoNetwork() {
        var tool = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.raftboot.tool");
        assertThat(tool).hasSizeGreaterThan(5);
        NO_NETWORK.check(tool);
    }

    /** Its tests start members of what it has made. */
    @Test
    void ruleFindsWhoRunsAMember() {
        JavaClasses starters = new ClassFileImporter().importClasses(Directories.class);
        assertThat(NO_NETWORK.evaluate(starters).hasViolation()).isTrue();
    }
}
