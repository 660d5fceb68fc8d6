package io.raftboot;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The direction of the dependencies, and what the consensus core may not touch. */
class LayeringTests {
    private static final String CORE = "io.raftboot.raft..";
    private static final String STORAGE = "io.raftboot.storage..";
    private static final String TRANSPORT = "io.raftboot.transport..";
    private static final String REPLICA = "io.raftboot.replica..";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/proto/"))
            .importPackages("io.raftboot");

    @Test
    void coreDependsOnNothingAboveIt() {
        check(noClasses()
                .that()
                .resideInAPackage(CORE)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(STORAGE, TRANSPORT, REPLICA, "io.netty..", "org.springframework..")));
    }

    @Test
    void storageAndTransportDoNotKnowEachOther() {
        check(noClasses()
                .that()
                .resideInAPackage(STORAGE)
                .should()
                .dependOnClassesThat(resideInAnyPackage(TRANSPORT, REPLICA, "io.netty..", "org.springframework..")));
        check(noClasses()
                .that()
                .resideInAPackage(TRANSPORT)
                .should()
                .dependOnClassesThat(resideInAnyPackage(STORAGE, REPLICA, "org.springframework..")));
    }

    @Test
    void replicaKnowsNoSpringAndNoNetty() {
        check(noClasses()
                .that()
                .resideInAPackage(REPLICA)
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.springframework..", "io.netty..")));
    }

    @Test
    void arithmeticKnowsNothingOfTheProtocol() {
        check(noClasses()
                .that()
                .resideInAnyPackage(
                        "io.raftboot.raft.quorum", "io.raftboot.raft.tracker", "io.raftboot.raft.confchange")
                .should()
                .dependOnClassesThat(resideInAPackage("io.raftboot.raft")));
        check(noClasses()
                .that()
                .resideInAPackage("io.raftboot.raft.quorum")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.raftboot.raft.tracker", "io.raftboot.raft.confchange")));
        check(noClasses()
                .that()
                .resideInAPackage("io.raftboot.raft.tracker")
                .should()
                .dependOnClassesThat(resideInAPackage("io.raftboot.raft.confchange")));
    }

    @Test
    void coreTouchesNoThreadClockFileSocketOrRandomSource() {
        check(noClasses()
                .that()
                .resideInAPackage(CORE)
                .and()
                .doNotHaveFullyQualifiedName("io.raftboot.raft.Node")
                .and()
                .doNotHaveFullyQualifiedName("io.raftboot.raft.Mailbox")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "java.io",
                        "java.nio.file..",
                        "java.nio.channels..",
                        "java.net..",
                        "java.time..",
                        "java.util.concurrent..")));
        check(noClasses()
                .that()
                .resideInAPackage(CORE)
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random"));
        check(noClasses()
                .that()
                .resideInAPackage(CORE)
                .and()
                .doNotHaveFullyQualifiedName("io.raftboot.raft.Mailbox")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread"));
        check(noClasses()
                .that()
                .resideInAPackage(CORE)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis"));
    }

    private static void check(ArchRule rule) {
        // The packages fill up one by one: a rule about a still empty one holds.
        rule.allowEmptyShould(true).check(CLASSES);
    }
}
