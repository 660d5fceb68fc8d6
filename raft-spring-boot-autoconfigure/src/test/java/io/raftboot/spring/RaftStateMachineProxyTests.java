package io.raftboot.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.raftboot.api.CommandContext;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.replica.Replica;
import io.raftboot.spring.call.CallFormatTests;
import io.raftboot.spring.machine.RaftStateMachinePostProcessor;
import io.raftboot.testing.Echo;
import io.raftboot.testing.FakeReplica;
import io.raftboot.testing.FakedMember;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.stereotype.Component;

public class RaftStateMachineProxyTests {
    private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Base.class);

    @Test
    void commandOfTheInjectedBeanIsReplicatedAndReturnsItsResult() {
        running(Inventory.class, context -> {
            Inventory inventory = context.getBean(Inventory.class);
            assertThat(inventory.add("a", 3)).isEqualTo(3);
            assertThat(inventory.add("a", 4)).isEqualTo(7);
            assertThat(inventory.count("a")).isEqualTo(7);
            assertThat(fake(context).events).containsExactly("submit", "submit", "read");
        });
    }

    @Test
    void beanWithoutDefaultConstructorIsProxied() {
        runner.withBean(Dependency.class).withUserConfiguration(Injected.class).run(context -> assertThat(
                        context.getBean(Injected.class).name())
                .isEqualTo("dependency"));
    }

    @Test
    void callWithinTheBeanIsPlain() {
        running(Inventory.class, context -> {
            assertThat(context.getBean(Inventory.class).addAndCount("a")).isEqualTo(1);
            assertThat(fake(context).events).containsExactly("submit");
        });
    }

    @Test
    void otherMethodsCanNotBeCalledFromOutside() {
        running(Inventory.class, context -> {
            Inventory inventory = context.getBean(Inventory.class);
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> inventory.clear())
                    .withMessageContaining("Inventory.clear")
                    .withMessageContaining("'inventory'");
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> inventory.save());
            assertThat(inventory.toString()).isEqualTo("an inventory");
        });
    }

    @Test
    void exceptionOfACommandIsTheOriginal() {
        running(Inventory.class, context -> {
            Inventory inventory = context.getBean(Inventory.class);
            assertThatExceptionOfType(SoldOut.class)
                    .isThrownBy(() -> inventory.take("a"))
                    .withMessage("no a");
            assertThatIllegalStateException().isThrownBy(() -> inventory.fail()).withMessage("broken");
        });
    }

    @Test
    void exceptionThatIsOnlyKnownByNameComesAsCommandException() {
        running(Inventory.class, context -> {
            fake(context).nextOutcome = new Outcome.Failed("com.example.Gone", "it is gone", 4, null);
            assertThatExceptionOfType(RaftCommandException.class)
                    .isThrownBy(() -> context.getBean(Inventory.class).add("a", 1))
                    .withMessage("it is gone")
                    .satisfies(e -> assertThat(e.errorType()).isEqualTo("com.example.Gone"));
        });
    }

    @Test
    void exceptionThatTheMethodDeclaresIsMadeAnewFromItsNameAndMessage() {
        running(Inventory.class, context -> {
            fake(context).nextOutcome = new Outcome.Failed(SoldOut.class.getName(), "no a", 4, null);
            assertThatExceptionOfType(SoldOut.class)
                    .isThrownBy(() -> context.getBean(Inventory.class).take("a"))
                    .withMessage("no a");
            assertThatExceptionOfType(RaftCommandException.class)
                    .isThrownBy(() -> context.getBean(Inventory.class).add("a", 1));
        });
    }

    @Test
    void exceptionThatTheAnnotationDeclaresIsMadeAnew() {
        running(Versioned.class, context -> {
            fake(context).nextOutcome = new Outcome.Failed(IllegalStateException.class.getName(), "empty", 4, null);
            assertThatIllegalStateException()
                    .isThrownBy(() -> context.getBean(Versioned.class).add(1, "x"))
                    .withMessage("empty");
        });
    }

    @Test
    void eachMethodIsReplicatedInItsOwnVersionAndTheTemplateTakesTheNewest() {
        running(Versioned.class, context -> {
            Versioned versioned = context.getBean(Versioned.class);
            assertThat(versioned.add(1)).isEqualTo("first 1");
            assertThat(versioned.add(1, "x")).isEqualTo("second 1x");
            assertThat(context.getBean(RaftTemplate.class)
                            .submitAndWait(
                                    "versioned",
                                    "add",
                                    Map.of("amount", 2, "unit", "y"),
                                    String.class,
                                    RaftCallOptions.defaults()))
                    .isEqualTo("second 2y");
        });
    }

    @Test
    void unknownVersionOfACommandStopsTheMember() {
        running(Versioned.class, context -> {
            StateMachine machine = Objects.requireNonNull(
                    context.getBean(Replica.class).stateMachines().get("versioned"));
            byte[] call = CallFormatTests.withoutArguments("add", 3);
            assertThatExceptionOfType(StateMachineFailureException.class)
                    .isThrownBy(() -> machine.apply(new CommandContext(7, 1, Instant.EPOCH), call))
                    .withMessageContaining("index 7")
                    .withMessageContaining("version 3")
                    .withMessageContaining("[1, 2]");
        });
    }

    @Test
    void nullForAParameterThatMayNotBeNullIsRefusedBeforeItIsProposed() {
        running(Inventory.class, context -> {
            assertThatExceptionOfType(RaftArgumentException.class)
                    .isThrownBy(() -> context.getBean(RaftTemplate.class)
                            .submit(
                                    "inventory",
                                    "add",
                                    Map.of("quantity", 1),
                                    Integer.class,
                                    RaftCallOptions.defaults()))
                    .withMessageContaining("'sku'")
                    .satisfies(e -> assertThat(e.parameter()).isEqualTo("sku"));
            assertThat(fake(context).events).isEmpty();
        });
    }

    @Test
    void refusalAndUnknownOutcomeHaveTypes() {
        running(Inventory.class, context -> {
            Inventory inventory = context.getBean(Inventory.class);
            fake(context).nextOutcome = new Outcome.Refused(RefusalReason.NO_LEADER, "nobody leads");
            assertThatExceptionOfType(RaftRefusedException.class)
                    .isThrownBy(() -> inventory.add("a", 1))
                    .withMessageContaining("inventory.add")
                    .withMessageContaining("nobody leads")
                    .satisfies(e -> assertThat(e.retryable()).isTrue());
            fake(context).nextOutcome = new Outcome.Unknown("time is up");
            assertThatExceptionOfType(RaftOutcomeUnknownException.class)
                    .isThrownBy(() -> inventory.add("a", 1))
                    .withMessageContaining("time is up");
        });
    }

    @Test
    void queryIsAskedWithItsConsistency() {
        running(Inventory.class, context -> {
            context.getBean(Inventory.class).count("a");
            assertThat(fake(context).lastConsistency).isEqualTo(Consistency.LINEARIZABLE);
            context.getBean(Inventory.class).roughCount("a");
            assertThat(fake(context).lastConsistency).isEqualTo(Consistency.LOCAL);
        });
    }

    @Test
    void noLiveReferenceEscapes() {
        running(Inventory.class, context -> {
            Inventory inventory = context.getBean(Inventory.class);
            inventory.add("a", 1);
            inventory.all().clear();
            assertThat(inventory.all()).containsExactly(Map.entry("a", 1));
        });
    }

    @Test
    void raftCallWithinACommandThrowsAtOnce() {
        running(Inventory.class, context -> {
            Inventory inventory = context.getBean(Inventory.class);
            assertThatIllegalStateException()
                    .isThrownBy(() -> inventory.addThroughSelf("a"))
                    .withMessageContaining("can't wait for what only it can do next");
        });
    }

    @Test
    void commandSeesItsContext() {
        running(Inventory.class, context -> {
            assertThat(context.getBean(Inventory.class).when()).isEqualTo(Instant.EPOCH.plusSeconds(1));
            assertThatIllegalStateException().isThrownBy(CommandContext::current);
        });
    }

    @Test
    void payloadThatWouldNotBindIsNotProposed() {
        running(Inventory.class, context -> {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> context.getBean(Inventory.class).odd(new Odd() {}))
                    .withMessageContaining("'value'");
            assertThat(fake(context).events).isEmpty();
        });
    }

    @Test
    void unknownCommandStopsApplyingAndUnknownQueryFails() {
        running(Inventory.class, context -> {
            StateMachine machine = machine(context, "inventory");
            byte[] call = CallFormatTests.withoutArguments("gone", 1);
            assertThatExceptionOfType(StateMachineFailureException.class)
                    .isThrownBy(() -> machine.apply(new CommandContext(1, 1, Instant.EPOCH), call))
                    .withMessageContaining("'gone'");
            byte[] newer = CallFormatTests.withoutArguments("add", 2);
            assertThatExceptionOfType(StateMachineFailureException.class)
                    .isThrownBy(() -> machine.apply(new CommandContext(1, 1, Instant.EPOCH), newer))
                    .withMessageContaining("version 2");
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> machine.query(call));
        });
    }

    @Test
    void snapshotIsTheStateOfItsMomentAndRestoresAnother() {
        running(Inventory.class, context -> {
            Inventory inventory = context.getBean(Inventory.class);
            StateMachine machine = machine(context, "inventory");
            inventory.add("a", 1);
            SnapshotWriter writer = machine.snapshot();
            inventory.add("a", 1);
            inventory.add("b", 1);
            var out = new ByteArrayOutputStream();
            writer.writeTo(out);
            machine.restore(new ByteArrayInputStream(out.toByteArray()));
            assertThat(inventory.all()).containsExactly(Map.entry("a", 1));
        });
    }

    @Test
    void detachedStateIsEncodedWhenItIsWritten() {
        running(Detached.class, context -> {
            StateMachine machine = machine(context, "detached");
            context.getBean(Detached.class).add("a");
            SnapshotWriter writer = machine.snapshot();
            assertThat(Word.encoded).hasValue(0);
            context.getBean(Detached.class).add("b");
            var out = new ByteArrayOutputStream();
            var closed = new AtomicBoolean();
            writer.writeTo(new FilterOutputStream(out) {
                @Override
                public void close() {
                    closed.set(true);
                }
            });
            assertThat(Word.encoded).hasPositiveValue();
            assertThat(closed).isFalse();
            assertThat(out.toString(UTF_8)).isEqualTo("[{\"text\":\"a\"}]");
        });
    }

    @Test
    void machineWithoutSaveAndRestoreHasNoSnapshots() {
        runner.withBean(Dependency.class).withUserConfiguration(Injected.class).run(context -> assertThat(
                        machine(context, "injected").hasSnapshots())
                .isFalse());
    }

    @Test
    void adviceOfOthersRunsOnTheCallersSideOnly() {
        runner.withUserConfiguration(Inventory.class, Advised.class).run(context -> {
            context.getBean(Inventory.class).addAndCount("a");
            assertThat(context.getBean(Advised.class).advised).containsExactly("addAndCount");
            assertThat(fake(context).events).containsExactly("submit");
        });
    }

    @Test
    void nameOfTheMachineIsNotThatOfTheBean() {
        runner.withUserConfiguration(Named.class).run(context -> {
            assertThat(context.getBeanNamesForType(Named.class)).noneMatch("stock"::equals);
            assertThat(machines(context)).containsOnlyKeys("stock");
        });
    }

    @Test
    void lazyBeanIsAStateMachineAllTheSame() {
        runner.withUserConfiguration(LazyMachine.class)
                .run(context -> assertThat(machines(context)).containsOnlyKeys("lazyMachine"));
    }

    @Test
    void beanOfBytesIsUsedAsItIs() {
        runner.withUserConfiguration(Bytes.class, MoreBytes.class).run(context -> {
            assertThat(machines(context)).containsOnlyKeys("echo", "plainBytes");
            assertThat(machines(context).get("echo")).isSameAs(context.getBean(Bytes.class));
        });
    }

    @Test
    void twoMachinesOfOneNameFailTheStart() {
        runner.withUserConfiguration(Named.class, NamedAlike.class).run(context -> assertThat(context)
                .getFailure()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining("'stock'"));
    }

    @Test
    void machineThatIsNoSingletonFailsTheStart() {
        runner.withUserConfiguration(Prototype.class).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining("not a singleton"));
    }

    private void running(Class<?> machine, ThrowingConsumer<ApplicationContext> test) {
        runner.withUserConfiguration(machine).run(test::accept);
    }

    private static FakeReplica fake(ApplicationContext context) {
        return context.getBean(FakeReplica.class);
    }

    private static Map<String, StateMachine> machines(ApplicationContext context) {
        return context.getBean(RaftStateMachinePostProcessor.class).stateMachines();
    }

    private static StateMachine machine(ApplicationContext context, String name) {
        return Objects.requireNonNull(machines(context).get(name));
    }

    interface ThrowingConsumer<T> {
        void accept(T value) throws Exception;
    }

    @Configuration(proxyBeanMethods = false)
    @Import(FakedMember.class)
    public static class Base {
        @Bean
        static RaftStateMachinePostProcessor postProcessor() {
            return new RaftStateMachinePostProcessor();
        }

        @Bean
        RaftCodec codec() {
            return new JsonRaftCodec();
        }

        @Bean
        RaftTemplate template(Replica replica, RaftCodec codec) {
            return new RaftTemplate(replica, codec);
        }
    }

    static class SoldOut extends Exception {
        private static final long serialVersionUID = 1L;

        SoldOut(String message) {
            super(message);
        }
    }

    /** A subclass of it would come back as one of this class. */
    static class Odd {}

    @RaftStateMachine
    static class Inventory {
        private final Map<String, Integer> stock = new TreeMap<>();

        @Autowired
        @Nullable
        ObjectProvider<Inventory> self;

        @RaftCommand
        int add(String sku, int quantity) {
            return stock.merge(sku, quantity, Integer::sum);
        }

        @RaftCommand
        int addAndCount(String sku) {
            add(sku, 1);
            return count(sku);
        }

        @RaftCommand
        int addThroughSelf(String sku) {
            return Objects.requireNonNull(self).getObject().add(sku, 1);
        }

        @RaftCommand
        void take(String sku) throws SoldOut {
            throw new SoldOut("no " + sku);
        }

        @RaftCommand
        void fail() {
            throw new IllegalStateException("broken");
        }

        @RaftCommand
        void odd(Odd value) {}

        @RaftCommand
        Instant when() {
            return CommandContext.current().agreedTime();
        }

        @RaftQuery
        int count(String sku) {
            return stock.getOrDefault(sku, 0);
        }

        @RaftQuery(consistency = Consistency.LOCAL)
        int roughCount(String sku) {
            return count(sku);
        }

        @RaftQuery
        Map<String, Integer> all() {
            return stock;
        }

        void clear() {
            stock.clear();
        }

        @RaftSnapshot
        Map<String, Integer> save() {
            return stock;
        }

        @RaftRestore
        void restore(Map<String, Integer> state) {
            stock.clear();
            stock.putAll(state);
        }

        @Override
        public String toString() {
            return "an inventory";
        }
    }

    /** Says when it is encoded. */
    static final class Word {
        static final AtomicInteger encoded = new AtomicInteger();
        private final String text;

        @JsonCreator
        Word(@JsonProperty("text") String text) {
            this.text = text;
        }

        @com.fasterxml.jackson.annotation.JsonProperty // a method that is asked, to see when
        public String getText() {
            encoded.incrementAndGet();
            return text;
        }
    }

    @RaftStateMachine
    static class Detached {
        private final List<Word> words = new ArrayList<>();

        @RaftCommand
        void add(String word) {
            words.add(new Word(word));
        }

        @RaftSnapshot(detached = true)
        List<Word> save() {
            return List.copyOf(words);
        }

        @RaftRestore
        void restore(List<Word> state) {
            words.clear();
            words.addAll(state);
        }
    }

    static class Dependency {}

    @RaftStateMachine
    static class Injected {
        private final Dependency dependency;

        @Autowired
        Injected(Dependency dependency) {
            this.dependency = dependency;
        }

        @RaftQuery
        String name() {
            return dependency.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        }
    }

    @RaftStateMachine("stock")
    static class Named extends Inventory {}

    @RaftStateMachine("stock")
    static class NamedAlike extends Inventory {}

    @Lazy
    @RaftStateMachine
    static class LazyMachine extends Inventory {}

    @RaftStateMachine
    @Scope("prototype")
    static class Prototype extends Inventory {}

    @RaftStateMachine("echo")
    static class Bytes extends Echo {}

    @Component("plainBytes")
    static class MoreBytes extends Echo {}

    @Configuration(proxyBeanMethods = false)
    static class Advised {
        final List<String> advised = new ArrayList<>();

        @Bean
        static DefaultAdvisorAutoProxyCreator autoProxyCreator() {
            return new DefaultAdvisorAutoProxyCreator();
        }

        @Bean
        Advisor advisor() {
            MethodInterceptor record = invocation -> {
                advised.add(invocation.getMethod().getName());
                return invocation.proceed();
            };
            return new StaticMethodMatcherPointcutAdvisor(record) {
                private static final long serialVersionUID = 1L;

                @Override
                public boolean matches(Method method, Class<?> targetClass) {
                    return Inventory.class.isAssignableFrom(targetClass)
                            && Inventory.class == method.getDeclaringClass();
                }
            };
        }
    }

    @RaftStateMachine
    static class Versioned {
        @RaftCommand("add")
        String add(int amount) {
            return "first " + amount;
        }

        @RaftCommand(value = "add", version = 2, errors = IllegalStateException.class)
        String add(int amount, String unit) {
            return "second " + amount + unit;
        }
    }
}
