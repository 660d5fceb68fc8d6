package io.raftboot;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.autoconfigure.jdbc.DatabaseAdapter;
import io.raftboot.autoconfigure.jdbc.IdentityColumn;
import java.util.List;
import java.util.stream.Stream;
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

    /** Downwards: where beans may be, who leads, the machine of a bean, a call of it, what may be written. */
    @Test
    void roomsBehindTheAnnotationsKnowThoseBelowThemAlone() {
        roomKnows("payload");
        roomKnows("observation");
        roomKnows("call", "payload");
        roomKnows("machine", "call", "payload");
        roomKnows("leader", "machine");
        roomKnows("context", "leader", "machine");
    }

    private static void roomKnows(String room, String... below) {
        var known = Stream.concat(Stream.of("", "." + room), Stream.of(below).map(other -> "." + other))
                .map("io.raftboot.spring"::concat)
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("io.raftboot.spring." + room)
                .should()
                .dependOnClassesThat(resideInAPackage("io.raftboot.spring..").and(not(resideInAnyPackage(known))))
                .because("of the rooms it may know " + List.of(below) + " alone")
                .check(CLASSES);
    }

    @Test
    void ofWhatApplicationsTouchOnlyTheTemplateAndTheCodecKnowRooms() {
        noClasses()
                .that()
                .resideInAPackage("io.raftboot.spring")
                .and()
                .haveNameNotMatching("io\\.raftboot\\.spring\\.(RaftTemplate|JsonRaftCodec)(\\$.*)?")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.raftboot.spring..").and(not(resideInAPackage("io.raftboot.spring"))))
                .check(CLASSES);
    }

    @Test
    void insidesOfTheCoreAreNotUsed() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.raftboot..")
                        .and(not(resideInAnyPackage(
                                "io.raftboot.spring..",
                                "io.raftboot.autoconfigure..",
                                "io.raftboot.agent",
                                "io.raftboot.api..",
                                "io.raftboot.replica",
                                "io.raftboot.replica.config",
                                "io.raftboot.raft..",
                                "io.raftboot.storage.disk",
                                "io.raftboot.transport",
                                "io.raftboot.transport.netty",
                                "io.raftboot.transport.tls",
                                "io.raftboot.notice"))))
                .check(CLASSES);
    }

    @Test
    void checksOfPropertiesKnowTheirExceptionAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.raftboot.autoconfigure.properties")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.raftboot.spring..", "io.raftboot.autoconfigure..")
                        .and(not(resideInAPackage("io.raftboot.autoconfigure.properties")))
                        .and(not(type(InvalidRaftPropertyException.class))))
                .check(CLASSES);
    }

    @Test
    void featuresOfTheApplicationKnowNothingOfEachOther() {
        var features = List.of("actuate", "admin", "console", "jdbc", "metrics", "observation", "web");
        for (String feature : features) {
            var others = features.stream()
                    .filter(other -> !other.equals(feature))
                    .map(other -> "io.raftboot.autoconfigure." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("io.raftboot.autoconfigure." + feature + "..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(others))
                    .check(CLASSES);
        }
    }

    @Test
    void databasesKnowTheirContractAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.raftboot.autoconfigure.jdbc.database")
                .should()
                .dependOnClassesThat(resideInAPackage("io.raftboot..")
                        .and(not(resideInAPackage("io.raftboot.autoconfigure.jdbc.database")))
                        .and(not(type(DatabaseAdapter.class).or(type(IdentityColumn.class)))))
                .check(CLASSES);
    }

    @Test
    void memberIsMadeWithoutTheFeatures() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.raftboot.autoconfigure",
                        "io.raftboot.autoconfigure.members",
                        "io.raftboot.autoconfigure.properties")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.raftboot.autoconfigure.actuate..",
                        "io.raftboot.autoconfigure.admin..",
                        "io.raftboot.autoconfigure.console..",
                        "io.raftboot.autoconfigure.http..",
                        "io.raftboot.autoconfigure.jdbc..",
                        "io.raftboot.autoconfigure.web..",
                        "org.springframework.boot.actuate..",
                        "org.springframework.boot.health..",
                        "org.springframework.web..",
                        "jakarta.."))
                .check(CLASSES);
    }

    @Test
    void metersAndObservationsAloneKnowMicrometer() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.raftboot.spring.observation",
                        "io.raftboot.autoconfigure.metrics",
                        "io.raftboot.autoconfigure.observation")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.micrometer.core..", "io.micrometer.observation..", "io.micrometer.common.."))
                .check(CLASSES);
    }

    @Test
    void onlyTheCodecAndTheAdminCallsKnowJackson() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.raftboot.spring.payload",
                        "io.raftboot.autoconfigure.admin",
                        "io.raftboot.autoconfigure.http")
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
