package io.raftboot.transport.netty;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which room of the transport may know which other. */
class RoomsTests {
    private static final String NETTY = "io.raftboot.transport.netty";
    private static final String WIRE = NETTY + ".wire";
    private static final String HANDSHAKE = NETTY + ".handshake";
    private static final String SNAPSHOT = NETTY + ".snapshot";
    private static final String TLS = NETTY + ".tls";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/proto/"))
            .importPackages("io.raftboot.transport");

    @Test
    void oneConnectionIsMovedWithoutKnowingForWhom() {
        knowsNothingOf(WIRE, HANDSHAKE, SNAPSHOT, TLS);
    }

    @Test
    void handshakeKnowsNothingOfWhatComesBehindIt() {
        knowsNothingOf(HANDSHAKE, SNAPSHOT);
    }

    @Test
    void tlsKnowsNothingOfIntroductions() {
        knowsNothingOf(TLS, HANDSHAKE, SNAPSHOT);
    }

    @Test
    void whatTlsRestsOnIsForAnybody() {
        noClasses()
                .that()
                .resideInAPackage("io.raftboot.transport.tls")
                .should()
                .dependOnClassesThat(resideInAnyPackage(NETTY + "..", "io.netty..", "org.springframework.."))
                .check(CLASSES);
    }

    @Test
    void roomsKnowTheOptionsAloneOfWhatIsAboveThem() {
        noClasses()
                .that()
                .resideInAnyPackage(WIRE, HANDSHAKE, SNAPSHOT, TLS)
                .should()
                .dependOnClassesThat(
                        resideInAPackage(NETTY).and(not(nameMatching(".*\\.TransportOptions(\\$Builder)?"))))
                .check(CLASSES);
    }

    @Test
    void seamKnowsNoneOfItsImplementationsAndTheyDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage("io.raftboot.transport")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.raftboot.transport.*..", "io.netty.."))
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.raftboot.transport.memory")
                .should()
                .dependOnClassesThat(resideInAPackage(NETTY + ".."))
                .check(CLASSES);
    }

    @Test
    void usersSeeTheTransportAndItsOptions() {
        classes()
                .that()
                .resideInAPackage(NETTY)
                .and()
                .arePublic()
                .should()
                .haveNameMatching(".*\\.(NettyTransport|TransportOptions)(\\$Builder)?")
                .check(CLASSES);
    }

    private static void knowsNothingOf(String room, String... others) {
        noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat(resideInAnyPackage(others))
                .check(CLASSES);
    }
}
