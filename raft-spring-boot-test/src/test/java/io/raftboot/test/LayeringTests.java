package io.raftboot.test;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What this module may use of the others. */
class LayeringTests {
    @Test
    void insidesOfTheMemberAreNotUsed() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.raftboot..")
                        .and(not(resideInAnyPackage(
                                "io.raftboot.test..",
                                "io.raftboot.spring",
                                "io.raftboot.spring.machine",
                                "io.raftboot.autoconfigure",
                                "io.raftboot.api",
                                "io.raftboot.replica",
                                "io.raftboot.replica.config",
                                "io.raftboot.storage.disk",
                                "io.raftboot.transport",
                                "io.raftboot.transport.memory"))))
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.raftboot.test"));
    }
}
