package io.raftboot;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;

/** The direction of the dependencies, and what may be public. */
class LayeringTests {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.raftboot.spring", "io.raftboot.autoconfigure");

    @Test
    void whatApplicationsTouchKnowsNoBootAndNoInsides() {
        noClasses()
                .that()
                .resideInAPackage("io.raftboot.spring..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.raftboot.autoconfigure..",
                        "io.raftboot.raft..",
                        "io.raftboot.storage..",
                        "io.raftboot.transport..",
                        "org.springframework.boot.."))
                .check(CLASSES);
    }

    @Test
    void memberIsMadeWithoutTheActuator() {
        noClasses()
                .that()
                .resideInAPackage("io.raftboot.autoconfigure")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.raftboot.autoconfigure.actuate..",
                        "org.springframework.boot.actuate..",
                        "org.springframework.boot.health..",
                        "org.springframework.web..",
                        "jakarta.."))
                .check(CLASSES);
    }

    @Test
    void onlyTheCodecKnowsJackson() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.raftboot.spring.payload")
                .and()
                .haveNameNotMatching("io\\.raftboot\\.spring\\.JsonRaftCodec(\\$.*)?")
                .should()
                .dependOnClassesThat(resideInAnyPackage("tools.jackson.."))
                .check(CLASSES);
    }

    @Test
    void configurationsAreNotPublicAndAutoConfigurationsAreFinal() {
        noClasses()
                .that()
                .areAnnotatedWith("org.springframework.context.annotation.Configuration")
                .should()
                .bePublic()
                .check(CLASSES);
        classes()
                .that()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(CLASSES);
    }
}
