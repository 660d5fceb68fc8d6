package io.raftboot.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.starter.inventory.Inventory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class StarterTests {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.springframework.web.servlet.DispatcherServlet",
                "org.springframework.boot.actuate.endpoint.annotation.Endpoint",
                "org.springframework.boot.health.contributor.HealthIndicator",
                "jakarta.validation.Validator"
            })
    void classPathHasNothingButTheStarter(String type) {
        assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> Class.forName(type));
    }

    @Test
    void applicationReplicatesWithItself() {
        try (ConfigurableApplicationContext application = start()) {
            Inventory inventory = application.getBean(Inventory.class);
            assertThat(inventory.add("a", 2)).isEqualTo(2);
            assertThat(inventory.count("a")).isEqualTo(2);
        }
    }

    @Test
    void stateIsThereAfterARestart() {
        try (ConfigurableApplicationContext application = start()) {
            application.getBean(Inventory.class).add("a", 2);
        }
        try (ConfigurableApplicationContext application = start()) {
            Inventory inventory = application.getBean(Inventory.class);
            assertThat(inventory.count("a")).isEqualTo(2);
            assertThat(inventory.add("a", 1)).isEqualTo(3);
        }
    }

    @Test
    void contextThatIsStoppedAndStartedAgainAppliesNothingTwice() {
        try (ConfigurableApplicationContext application = start()) {
            Inventory inventory = application.getBean(Inventory.class);
            inventory.add("a", 2);
            application.stop();
            application.start();
            assertThat(inventory.count("a")).isEqualTo(2);
            assertThat(inventory.add("a", 1)).isEqualTo(3);
            application.stop();
            application.start();
            assertThat(inventory.count("a")).isEqualTo(3);
        }
    }

    @Test
    void memberInMemoryGoesOnAfterAStopToo() {
        try (ConfigurableApplicationContext application = start("--raft.storage=memory")) {
            Inventory inventory = application.getBean(Inventory.class);
            inventory.add("a", 2);
            application.stop();
            application.start();
            assertThat(inventory.add("a", 1)).isEqualTo(3);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void snapshotsShortenTheLogAndBringTheStateBack() {
        try (ConfigurableApplicationContext application = start("--raft.snapshot.interval-entries=20")) {
            for (int i = 0; i < 50; i++) {
                application.getBean(Inventory.class).add("a", 1);
            }
        }
        try (ConfigurableApplicationContext application = start()) {
            assertThat(application.getBean(Inventory.class).count("a")).isEqualTo(50);
        }
    }

    private ConfigurableApplicationContext start(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "--raft.data-dir=" + directory.resolve("raft");
        all[1] = "--spring.main.banner-mode=off";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return SpringApplication.run(Application.class, all);
    }

    @EnableAutoConfiguration
    @Configuration(proxyBeanMethods = false)
    @Import(Inventory.class)
    static class Application {}
}
