package io.raftboot.demo;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an application needs of the library. */
class LayeringTests {
    private static final List<String> APPLICATIONS = List.of(
            "io.raftboot.demo..",
            "io.raftboot.spring",
            "io.raftboot.autoconfigure",
            "io.raftboot.api",
            "io.raftboot.replica",
            "io.raftboot.replica.config");

    private static final String PLAYGROUND = "io.raftboot.demo.playground..";

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.raftboot.demo");

    @Test
    void onlyWhatApplicationsTouchIsUsed() {
        noClasses()
                .that(not(resideInAPackage(PLAYGROUND)))
                .should()
                .dependOnClassesThat(resideInAPackage("io.raftboot..")
                        .and(not(resideInAnyPackage(APPLICATIONS.toArray(String[]::new)))))
                .check(classes);
    }

    /** It stands between a member and its threads and its network, which no application does. */
    @Test
    void playgroundUsesTheSeamsOfAMemberBesides() {
        var allowed = new ArrayList<>(APPLICATIONS);
        allowed.addAll(List.of("io.raftboot.agent", "io.raftboot.transport"));
        noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.raftboot..").and(not(resideInAnyPackage(allowed.toArray(String[]::new)))))
                .check(classes);
    }

    /** The launcher alone makes it, so that a demo that is one member has nothing of it. */
    @Test
    void nothingOfAMemberKnowsThePlayground() {
        noClasses()
                .that(not(resideInAPackage(PLAYGROUND))
                        .and(not(simpleName("DemoMembers")))
                        .and(not(simpleName("DemoApplication"))))
                .should()
                .dependOnClassesThat(resideInAPackage(PLAYGROUND))
                .check(classes);
    }
}
