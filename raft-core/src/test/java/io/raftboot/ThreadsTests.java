package io.raftboot;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Threads and executors come from a few places, each of which sees to it that what is thrown on them stops the member, or is
 * answered, and is never lost. Whoever needs a thread takes it from there.
 */
class ThreadsTests {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/proto/"))
            .importPackages("io.raftboot");

    /** Where they are made, and why nothing is lost there. */
    private static final Set<String> MAKERS = Set.of(
            // Its tasks are guarded.
            "io.raftboot.agent.ThreadPool",
            // Its tasks are guarded.
            "io.raftboot.agent.TimerThread",
            // Hands what is thrown to the guard.
            "io.raftboot.agent.AgentThread",
            // Whoever is given one sees to that.
            "io.raftboot.agent.NamedThreads",
            // A task whose outcome the log's thread looks at.
            "io.raftboot.storage.StorageOptions",
            // Their tasks are guarded.
            "io.raftboot.transport.netty.Endpoint",
            "io.raftboot.transport.netty.OwnThread",
            "io.raftboot.transport.netty.TransportLoop",
            // For tests; what is thrown is caught there.
            "io.raftboot.transport.memory.MemoryNetwork");

    @Test
    void threadsAreMadeWhereNothingThrownOnThemIsLost() {
        rule(makers()).check(CLASSES);
    }

    /** Else the rule would hold whatever is written. */
    @Test
    void ruleFindsEachOfThoseThatAreAllowed() {
        for (String maker : MAKERS) {
            var others = makers(name -> !name.equals(maker));
            Assertions.assertThat(rule(others).evaluate(CLASSES).hasViolation())
                    .as(maker)
                    .isTrue();
        }
    }

    private static DescribedPredicate<JavaClass> makers() {
        return makers(name -> true);
    }

    private static DescribedPredicate<JavaClass> makers(java.util.function.Predicate<String> allowed) {
        return DescribedPredicate.describe("makers of threads", type -> {
            var outermost = type.getName().replaceFirst("\\$.*", "");
            return MAKERS.contains(outermost) && allowed.test(outermost);
        });
    }

    private static ArchRule rule(DescribedPredicate<JavaClass> makers) {
        return noClasses()
                .that()
                .resideInAnyPackage(
                        "io.raftboot.agent..",
                        "io.raftboot.replica..",
                        "io.raftboot.storage..",
                        "io.raftboot.transport..")
                .and(DescribedPredicate.not(makers))
                .should()
                .accessTargetWhere(makesAThread())
                .as("threads and executors are made in " + MAKERS);
    }

    private static DescribedPredicate<JavaAccess<?>> makesAThread() {
        return DescribedPredicate.describe("makes a thread, or uses one that belongs to nobody", access -> {
            var owner = access.getTargetOwner();
            boolean constructor = access.getTarget() instanceof AccessTarget.ConstructorCallTarget
                    || access.getTarget() instanceof AccessTarget.ConstructorReferenceTarget;
            boolean made = constructor
                    && (assignableTo(Thread.class).test(owner)
                            || assignableTo(Timer.class).test(owner)
                            || (assignableTo(Executor.class).test(owner)
                                    && !resideInAnyPackage("io.raftboot..").test(owner))
                            || owner.isEquivalentTo(ForkJoinPool.class));
            // Without an executor of their own these run on one that all of the process shares.
            boolean shared = owner.isEquivalentTo(CompletableFuture.class)
                    && Set.of("supplyAsync", "runAsync", "orTimeout", "completeOnTimeout", "delayedExecutor")
                            .contains(access.getName());
            return made || shared || owner.isEquivalentTo(Executors.class);
        });
    }
}
