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
import io.netty.channel.ChannelFuture;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads and executors come from a few places, each of which sees to it that what is thrown on them stops the member, or is
 * answered, and is never lost. Whoever needs a thread takes it from there, and time and random numbers from the same host, so
 * that a test may have all of a member step by step.
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
            // The crew whose thread it is hands what is thrown to the guard.
            "io.raftboot.agent.CrewThread",
            // Made by these two.
            "io.raftboot.agent.CarryingThread",
            // Whoever is given one sees to that.
            "io.raftboot.agent.NamedThreads",
            // Netty's loop on a thread of the host; its tasks are guarded.
            "io.raftboot.transport.netty.wire.TransportLoop");

    /** What is not to be asked, as another run would get another answer. */
    private static final Map<Class<?>, Set<String>> ASKED = Map.of(
            System.class, Set.of("nanoTime", "currentTimeMillis"),
            Instant.class, Set.of("now"),
            java.time.Clock.class, Set.of("systemUTC", "systemDefaultZone"),
            Math.class, Set.of("random"),
            UUID.class, Set.of("randomUUID"),
            ThreadLocalRandom.class, Set.of("current"),
            RandomGenerator.class, Set.of("of", "getDefault"));

    /** Ways to wait that know no other time than the machine's. */
    private static final Map<Class<?>, Set<String>> WAITS = Map.of(
            Thread.class, Set.of("sleep", "join"),
            Object.class, Set.of("wait"),
            TimeUnit.class, Set.of("sleep", "timedWait", "timedJoin"),
            LockSupport.class, Set.of("park", "parkNanos", "parkUntil"),
            CountDownLatch.class, Set.of("await"),
            Condition.class, Set.of("await", "awaitNanos", "awaitUninterruptibly", "awaitUntil"),
            Semaphore.class, Set.of("acquire", "acquireUninterruptibly", "tryAcquire"),
            BlockingQueue.class, Set.of("take", "poll", "put", "offer"),
            Future.class, Set.of("get"),
            io.netty.util.concurrent.Future.class,
                    Set.of("get", "await", "awaitUninterruptibly", "sync", "syncUninterruptibly"));

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

    @Test
    void timeAndRandomNumbersComeFromTheHost() {
        noClasses()
                .that()
                .resideInAnyPackage("io.raftboot.replica..", "io.raftboot.storage..", "io.raftboot.transport..")
                .should()
                .accessTargetWhere(differsFromRunToRun())
                .check(CLASSES);
    }

    /** So that all of it can wait where there is no thread that could be held up, in a time that stands still meanwhile. */
    @Test
    void transportWaitsByItsHostAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.raftboot.transport.netty..")
                .and()
                // A moment on its own thread, behind an Error.
                .doNotHaveFullyQualifiedName("io.raftboot.transport.netty.wire.TransportLoop")
                .should()
                .accessTargetWhere(waitsByItself())
                .check(CLASSES);
    }

    /** Else the rule would hold whatever is written. */
    @ParameterizedTest
    @ValueSource(
            classes = {OnALatch.class, OnAQueue.class, OnAFuture.class, OnAChannel.class, Asleep.class, OnAMonitor.class
            })
    void eachWayToWaitIsFound(Class<?> offender) {
        Assertions.assertThat(noClasses()
                        .should()
                        .accessTargetWhere(waitsByItself())
                        .evaluate(new ClassFileImporter().importClasses(offender))
                        .hasViolation())
                .isTrue();
    }

    /** Else the rules would hold whatever is written. */
    @ParameterizedTest
    @MethodSource
    void eachKindOfThemIsFound(Class<?> offender, boolean thread) {
        var rule = noClasses().should().accessTargetWhere(thread ? makesAThread() : differsFromRunToRun());
        Assertions.assertThat(rule.evaluate(new ClassFileImporter().importClasses(offender))
                        .hasViolation())
                .isTrue();
    }

    static Stream<Arguments> eachKindOfThemIsFound() {
        return Stream.of(
                Arguments.of(MonotonicTime.class, false),
                Arguments.of(WallTime.class, false),
                Arguments.of(Now.class, false),
                Arguments.of(StrongRandom.class, false),
                Arguments.of(SplitRandom.class, false),
                Arguments.of(SharedRandom.class, false),
                Arguments.of(PlainRandom.class, false),
                Arguments.of(OwnThread.class, true),
                Arguments.of(OwnExecutor.class, true),
                Arguments.of(NewExecutor.class, true));
    }

    static final class MonotonicTime {
        long value() {
            return System.nanoTime();
        }
    }

    static final class WallTime {
        LongSupplier value() {
            return System::currentTimeMillis;
        }
    }

    static final class Now {
        Instant value() {
            return Instant.now();
        }
    }

    static final class StrongRandom {
        RandomGenerator value() {
            return new SecureRandom();
        }
    }

    static final class SplitRandom {
        RandomGenerator value() {
            return new SplittableRandom();
        }
    }

    static final class SharedRandom {
        RandomGenerator value() {
            return ThreadLocalRandom.current();
        }
    }

    static final class PlainRandom {
        RandomGenerator value() {
            return new Random(1);
        }
    }

    static final class OnALatch {
        boolean value(CountDownLatch latch) throws InterruptedException {
            return latch.await(1, TimeUnit.SECONDS);
        }
    }

    static final class OnAQueue {
        Object value(LinkedBlockingQueue<Object> queue) throws InterruptedException {
            return queue.take();
        }
    }

    static final class OnAFuture {
        Object value(CompletableFuture<Object> future) throws Exception {
            return future.get(1, TimeUnit.SECONDS);
        }
    }

    static final class OnAChannel {
        boolean value(ChannelFuture future) {
            return future.awaitUninterruptibly(1);
        }
    }

    static final class Asleep {
        void value() throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(1);
        }
    }

    static final class OnAMonitor {
        private boolean done;

        synchronized void value() throws InterruptedException {
            while (!done) {
                wait(1);
            }
        }

        synchronized void end() {
            done = true;
            notifyAll();
        }
    }

    static final class OwnThread {
        Thread value() {
            return new Thread(() -> {});
        }
    }

    static final class OwnExecutor {
        Executor value() {
            return Executors.newSingleThreadExecutor();
        }
    }

    static final class NewExecutor {
        Executor value() {
            return new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        }
    }

    private static DescribedPredicate<JavaAccess<?>> differsFromRunToRun() {
        return DescribedPredicate.describe("asks for time or random numbers elsewhere than at the host", access -> {
            var owner = access.getTargetOwner();
            boolean asked = ASKED.entrySet().stream()
                    .anyMatch(each -> owner.isEquivalentTo(each.getKey())
                            && each.getValue().contains(access.getName()));
            boolean made = isConstructor(access)
                    && (assignableTo(Random.class).test(owner) || owner.isEquivalentTo(SplittableRandom.class));
            return asked || made;
        });
    }

    private static DescribedPredicate<JavaAccess<?>> waitsByItself() {
        return DescribedPredicate.describe("waits otherwise than by the host", access -> WAITS.entrySet().stream()
                .anyMatch(each -> assignableTo(each.getKey()).test(access.getTargetOwner())
                        && each.getValue().contains(access.getName())));
    }

    private static boolean isConstructor(JavaAccess<?> access) {
        return access.getTarget() instanceof AccessTarget.ConstructorCallTarget
                || access.getTarget() instanceof AccessTarget.ConstructorReferenceTarget;
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
            boolean made = isConstructor(access)
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
