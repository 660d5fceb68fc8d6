package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.spring.RaftStateMachineProxyTests.Base;
import io.raftboot.testing.FakeReplica;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import java.util.concurrent.CountDownLatch;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.EnableAspectJAutoProxy;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.beanvalidation.MethodValidationPostProcessor;

/** What others put around a bean runs once, around the call, and before anything is proposed. */
class AdviceTests {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withUserConfiguration(Base.class, Everything.class)
            .withBean(Machine.class);

    @Test
    void constraintsAreCheckedBeforeAnythingIsProposed() {
        runner.run(context -> {
            var machine = context.getBean(Machine.class);
            assertThatExceptionOfType(ConstraintViolationException.class).isThrownBy(() -> machine.add(-5));
            assertThatExceptionOfType(ConstraintViolationException.class).isThrownBy(() -> machine.named(" "));
            assertThat(context.getBean(FakeReplica.class).events).isEmpty();
            assertThat(machine.add(5)).isEqualTo(5);
            assertThat(context.getBean(FakeReplica.class).events).containsExactly("submit");
        });
    }

    @Test
    void asyncCommandIsReplicatedOnAnotherThread() {
        runner.run(context -> {
            var machine = context.getBean(Machine.class);
            machine.later();
            Awaitility.await().untilAsserted(() -> assertThat(context.getBean(FakeReplica.class).events)
                    .containsExactly("submit"));
            assertThat(Machine.LATER.getCount()).isZero();
        });
    }

    @Test
    void cacheAnswersInPlaceOfTheGroup() {
        runner.run(context -> {
            var machine = context.getBean(Machine.class);
            assertThat(machine.cached()).isZero();
            assertThat(machine.cached()).isZero();
            machine.evict();
            assertThat(machine.cached()).isOne();
            assertThat(context.getBean(FakeReplica.class).events).containsExactly("read", "submit", "read");
        });
    }

    @Test
    void failedCommandIsSentAgainByARetry() {
        runner.run(context -> {
            assertThat(context.getBean(Machine.class).flaky()).isEqualTo(3);
            assertThat(context.getBean(FakeReplica.class).events).containsExactly("submit", "submit", "submit");
        });
    }

    @Test
    void aspectRunsOnceAroundTheCall() {
        runner.run(context -> {
            assertThat(context.getBean(Machine.class).add(1)).isEqualTo(1);
            assertThat(context.getBean(Counting.class).calls).isOne();
        });
    }

    @Test
    void aspectsThatAskForTheClassRunTooAndOnce() {
        runner.withBean(ByClass.class).run(context -> {
            var machine = context.getBean(Machine.class);
            var aspect = context.getBean(ByClass.class);
            assertThat(machine.add(1)).isEqualTo(1);
            assertThat(aspect.within).isOne();
            assertThat(aspect.annotated).isOne();
            assertThat(aspect.subtypes).isOne();
            assertThat(context.getBean(Counting.class).calls).isOne();
            aspect.denied = true;
            assertThatExceptionOfType(SecurityException.class).isThrownBy(() -> machine.add(1));
            assertThat(context.getBean(FakeReplica.class).events).containsExactly("submit");
            assertThat(aspect.target).isNotSameAs(machine).isInstanceOf(Machine.class);
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> ((Machine) aspect.target).unmarked());
        });
    }

    @RaftStateMachine
    @Validated
    static class Machine {
        static final CountDownLatch LATER = new CountDownLatch(1);
        private int count;
        private int tries;

        @RaftCommand
        int add(@Positive int amount) {
            count += amount;
            return count;
        }

        @RaftCommand
        void named(@NotBlank String name) {}

        void unmarked() {}

        @RaftCommand
        @Async
        void later() {
            LATER.countDown();
        }

        @RaftQuery
        @Cacheable("counts")
        int cached() {
            return count;
        }

        @RaftCommand
        @CacheEvict(cacheNames = "counts", allEntries = true)
        void evict() {
            count++;
        }

        @RaftCommand
        @Retryable(maxRetries = 2, delay = 0)
        int flaky() {
            tries++;
            if (tries < 3) {
                throw new IllegalStateException("not yet");
            }
            return tries;
        }
    }

    @Aspect
    static class ByClass {
        int within;
        int annotated;
        int subtypes;
        boolean denied;
        Object target = "";

        @Around("within(io.raftboot.spring.AdviceTests.Machine)")
        Object within(ProceedingJoinPoint call) throws Throwable {
            within++;
            target = call.getTarget();
            if (denied) {
                throw new SecurityException("denied");
            }
            return call.proceed();
        }

        @Around("@within(io.raftboot.spring.RaftStateMachine)")
        Object annotated(ProceedingJoinPoint call) throws Throwable {
            annotated++;
            return call.proceed();
        }

        @Around("within(io.raftboot.spring.AdviceTests.Machine+)")
        Object subtypes(ProceedingJoinPoint call) throws Throwable {
            subtypes++;
            return call.proceed();
        }
    }

    @Aspect
    static class Counting {
        int calls;

        @Around("execution(int io.raftboot.spring.AdviceTests.Machine.add(..))")
        Object count(ProceedingJoinPoint call) throws Throwable {
            calls++;
            return call.proceed();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    @EnableCaching
    @EnableResilientMethods
    @EnableAspectJAutoProxy
    static class Everything {
        @Bean
        static MethodValidationPostProcessor validation() {
            return new MethodValidationPostProcessor();
        }

        @Bean
        CacheManager caches() {
            return new ConcurrentMapCacheManager("counts");
        }

        @Bean
        Counting counting() {
            return new Counting();
        }
    }
}
