package io.raftboot.demo;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What an application needs of the library. */
class LayeringTests {
    @Test
    void onlyWhatApplicationsTouchIsUsed() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.raftboot..")
                        .and(not(resideInAnyPackage(
                                "io.raftboot.demo..",
                                "io.raftboot.spring",
                                "io.raftboot.autoconfigure",
                                "io.raftboot.api",
                                "io.raftboot.replica",
                                "io.raftboot.replica.config"))))
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.raftboot.demo"));
    }
}
