package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.spring.RaftStateMachineProxyTests.Base;
import io.raftboot.spring.foreign.ForeignBase;
import io.raftboot.spring.machine.RaftStateMachinePostProcessor;
import io.raftboot.testing.FakeReplica;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.Lookup;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.Ordered;

/** Beans are state machines by what they are, whatever they were declared as. */
class BeansFoundTests {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withUserConfiguration(Base.class)
            .withPropertyValues("machine=orders", "command=put", "stale=200ms");

    @ParameterizedTest
    @ValueSource(
            classes = {ByInterface.class, ByInterfaceLazily.class, ByObjectLazily.class, ByFactory.class, AllLazy.class
            })
    void beanDeclaredByLessThanItsClassIsReplicated(Class<?> configuration) {
        runner.withUserConfiguration(configuration).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(((Api) context.getBean("api")).add(2)).isEqualTo(2);
            assertThat(((Api) context.getBean("api")).twice(2)).isEqualTo(6);
            assertThat(context.getBean(FakeReplica.class).events).containsExactly("submit", "submit");
        });
    }

    @Test
    void lazyBeanThatTurnsOutToBeOneTooLateIsRefused() {
        runner.withUserConfiguration(ByPlainClassLazily.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThatExceptionOfType(Exception.class)
                    .isThrownBy(() -> context.getBean("plain"))
                    .havingRootCause()
                    .isInstanceOf(InvalidStateMachineException.class)
                    .withMessageContaining("(bean 'plain')");
        });
    }

    @Test
    void lazyBeanThatCanNotBeCreatedDoesNotFailTheStart() {
        runner.withUserConfiguration(BrokenLazily.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void scopedProxyIsRefused() {
        runner.withUserConfiguration(Scoped.class).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining("is not a singleton"));
    }

    @Test
    void finishedObjectIsRefused() {
        runner.withInitializer(context -> context.getBeanFactory().registerSingleton("given", new ApiMachine()))
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidStateMachineException.class)
                        .hasMessageContaining("(bean 'given') was given to the context as a finished object"));
    }

    @Test
    void commandsOfAClassThatIsNoStateMachineAreRefused() {
        runner.withBean("forgotten", Forgotten.class).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining("'forgotten' has the method add()")
                .hasMessageContaining(Forgotten.class.getName()));
    }

    @Test
    void clientOfAnAnnotatedInterfaceIsNone() {
        runner.withBean(Client.class).run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void circularReferenceGetsTheProxy() {
        runner.withAllowCircularReferences(true).withBean(Circular.class).run(context -> {
            assertThat(context).hasNotFailed();
            Objects.requireNonNull(Circular.self).add();
            assertThat(context.getBean(FakeReplica.class).events).containsExactly("submit");
        });
    }

    @Test
    void orderOfABeanIsAskedOfTheBeanItself() {
        runner.withBean(InOrder.class)
                .withUserConfiguration(Injected.class)
                .run(context -> assertThat(context.getBean("plugins")).isEqualTo(1));
    }

    @Test
    void lookupMethodGetsItsBean() {
        runner.withBean(WithLookup.class).withBean(String.class, () -> "found").run(context -> assertThat(
                        context.getBean(WithLookup.class).look())
                .isEqualTo("found"));
    }

    @Test
    void protectedCommandOfAnotherPackageIsReplicated() {
        runner.withBean(OfReached.class).run(context -> {
            assertThat(ForeignBase.Reached.addTo(context.getBean(OfReached.class), 3))
                    .isEqualTo(3);
            assertThat(context.getBean(FakeReplica.class).events).containsExactly("submit");
        });
    }

    @Test
    void placeholdersOfTheAnnotationsAreProperties() {
        runner.withBean(Placeholders.class).run(context -> {
            var machines = context.getBean(RaftStateMachinePostProcessor.class).stateMachines();
            assertThat(machines).containsOnlyKeys("orders");
            assertThat(machines.values().iterator().next().commandNames()).containsExactly("put/1");
            context.getBean(Placeholders.class).get();
            assertThat(context.getBean(FakeReplica.class).lastRead)
                    .satisfies(read -> assertThat(String.valueOf(read)).contains("PT0.2S"));
        });
    }

    @Test
    void placeholderWithoutAPropertyIsRefused() {
        runner.withBean(UnknownPlaceholder.class).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining("${nowhere}"));
    }

    @RaftStateMachine("of an interface")
    interface Annotated {
        @RaftCommand
        int add(int amount);
    }

    @Test
    void annotatedInterfaceMakesAnAnonymousClassOne() {
        runner.withUserConfiguration(OfAnonymous.class).run(context -> {
            assertThat(context.getBean(Annotated.class).add(3)).isEqualTo(3);
            assertThat(context.getBean(FakeReplica.class).events).containsExactly("submit");
        });
    }

    interface Api {
        int add(int amount);

        default int twice(int amount) {
            add(amount);
            return add(amount);
        }
    }

    @RaftStateMachine("api")
    static class ApiMachine implements Api {
        private int count;

        @RaftCommand
        @Override
        public int add(int amount) {
            count += amount;
            return count;
        }

        @RaftCommand
        @Override
        public int twice(int amount) {
            return Api.super.twice(amount);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ByInterface {
        @Bean
        Api api() {
            return new ApiMachine();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ByInterfaceLazily {
        @Bean
        @Lazy
        Api api() {
            return new ApiMachine();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ByObjectLazily {
        @Bean
        @Lazy
        Object api() {
            return new ApiMachine();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ByFactory {
        @Bean
        static FactoryBean<Api> api() {
            return new FactoryBean<>() {
                @Override
                public Api getObject() {
                    return new ApiMachine();
                }

                @Override
                public Class<?> getObjectType() {
                    return Api.class;
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AllLazy extends ByInterface {
        @Bean
        static LazyInitializationBeanFactoryPostProcessor lazy() {
            return new LazyInitializationBeanFactoryPostProcessor();
        }
    }

    static class Plain {}

    @RaftStateMachine
    static class OfPlain extends Plain {
        @RaftCommand
        void add() {}
    }

    @Configuration(proxyBeanMethods = false)
    static class ByPlainClassLazily {
        @Bean
        @Lazy
        Plain plain() {
            return new OfPlain();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BrokenLazily {
        @Bean
        @Lazy
        Api api() {
            throw new IllegalStateException("not now");
        }
    }

    @RaftStateMachine
    @Scope(value = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
    static class ScopedMachine {
        @RaftCommand
        void add() {}
    }

    @Configuration(proxyBeanMethods = false)
    @org.springframework.context.annotation.Import(ScopedMachine.class)
    static class Scoped {
        @Bean
        Supplier<ScopedMachine> user(ScopedMachine machine) {
            return () -> machine;
        }
    }

    static class Forgotten {
        @RaftCommand
        void add() {}
    }

    interface WithCommands {
        @RaftCommand
        void add();
    }

    static class Client implements WithCommands {
        @Override
        public void add() {}
    }

    @RaftStateMachine
    static class Circular {
        static @Nullable Circular self;

        @org.springframework.beans.factory.annotation.Autowired
        void look(ApplicationContext context) {
            self = context.getBean(Circular.class);
        }

        @RaftCommand
        void add() {}
    }

    @RaftStateMachine
    static class InOrder implements Ordered {
        @RaftCommand
        void add() {}

        @Override
        public int getOrder() {
            return 5;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Injected {
        @Bean
        Integer plugins(List<Ordered> all) {
            return (int) all.stream().filter(InOrder.class::isInstance).count();
        }
    }

    @RaftStateMachine
    abstract static class WithLookup {
        @RaftQuery
        String look() {
            return String.valueOf(text());
        }

        @Lookup
        abstract @Nullable String text();
    }

    @RaftStateMachine
    static class OfReached extends ForeignBase.Reached {}

    @RaftStateMachine("${machine}")
    static class Placeholders {
        @RaftCommand("${command}")
        void add() {}

        @RaftQuery(consistency = io.raftboot.api.Consistency.LOCAL, maxStaleness = "${stale}")
        int get() {
            return 0;
        }
    }

    @RaftStateMachine("${nowhere}")
    static class UnknownPlaceholder {
        @RaftCommand
        void add() {}
    }

    @Configuration(proxyBeanMethods = false)
    static class OfAnonymous {
        @Bean
        Annotated annotated() {
            return new Annotated() {
                @Override
                public int add(int amount) {
                    return amount;
                }
            };
        }
    }
}
