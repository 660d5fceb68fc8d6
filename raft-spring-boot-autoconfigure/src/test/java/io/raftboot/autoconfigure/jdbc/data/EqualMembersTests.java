package io.raftboot.autoconfigure.jdbc.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.CommandContext;
import io.raftboot.api.DurableStateMachine;
import io.raftboot.api.DurableStateMachine.Position;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftTemplate;
import io.raftboot.spring.machine.RaftStateMachinePostProcessor;
import io.raftboot.testing.FakeReplica;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Members that apply the same entries, one of which dies again and again in the middle of a command. */
class EqualMembersTests {
    private static final int ENTRIES = 150;
    private static final List<String> NAMES = List.of("apple", "pear", "plum");

    private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

    /** The process dies. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }

    private record Call(String command, Map<String, Object> arguments) {}

    @AfterEach
    void close() {
        contexts.forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void membersHaveEqualRowsAndResultsWhereverOneDied() throws Exception {
        long seed = new SplittableRandom().nextLong();
        var random = new SplittableRandom(seed);
        var first = start();
        var second = start();
        var dying = start();
        for (long index = 1; index <= ENTRIES; index++) {
            Call call = call(random);
            byte[] command = encode(first, call);
            String result = apply(first, index, command);
            assertThat(apply(second, index, command))
                    .as("seed %s, %s", seed, call)
                    .isEqualTo(result);
            if (random.nextInt(3) == 0) {
                die(dying, index, command, random.nextBoolean());
                assertThat(machine(dying).position()).as("seed %s", seed).isEqualTo(new Position(index - 1, index - 1));
            }
            assertThat(apply(dying, index, command))
                    .as("seed %s, %s", seed, call)
                    .isEqualTo(result);
            assertThat(machine(dying).position()).isEqualTo(new Position(index, index));
        }
        assertThat(rows(first)).as("seed %s", seed).contains("raft_session_row").isEqualTo(rows(second));
        assertThat(rows(dying)).as("seed %s", seed).isEqualTo(rows(first));
    }

    /** Commands of which some fail, by a constraint, by what they roll back, and by what is refused. */
    private static Call call(SplittableRandom random) {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        int amount = random.nextInt(10) - 3;
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> new Call("add", Map.of("name", name, "amount", amount));
            case 3, 4, 5 -> new Call("addTwice", Map.of("name", name, "amount", amount));
            case 6, 7, 8 -> new Call("addOneAtLeast", Map.of("name", name, "amount", amount));
            default -> new Call("clear", Map.of());
        };
    }

    private ConfigurableApplicationContext start() throws Exception {
        var context = new SpringApplicationBuilder(StockApplication.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.main.banner-mode=off",
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1")
                .run();
        contexts.add(context);
        machine(context).position();
        return context;
    }

    private static byte[] encode(ConfigurableApplicationContext context, Call call) {
        var replica = context.getBean(FakeReplica.class);
        replica.neverAnswers = true;
        var unused = context.getBean(RaftTemplate.class)
                .submit("stock", call.command, call.arguments, Object.class, RaftCallOptions.defaults());
        return Objects.requireNonNull(replica.lastCommand);
    }

    private static String apply(ConfigurableApplicationContext context, long index, byte[] command) throws Exception {
        var machine = machine(context);
        return machine.transact(() -> {
            String result = outcome(machine, index, command);
            Map<String, byte[]> rows = new HashMap<>();
            rows.put("last", result.getBytes(StandardCharsets.UTF_8));
            machine.record(index, rows);
            return result;
        });
    }

    private static String outcome(DurableStateMachine machine, long index, byte[] command) {
        try {
            return new String(
                    machine.apply(new CommandContext(index, 1, Instant.EPOCH), command), StandardCharsets.ISO_8859_1);
        } catch (StateMachineFailureException e) {
            throw e;
        } catch (Exception e) {
            return e.getClass() + ": " + e.getMessage();
        }
    }

    private static void die(ConfigurableApplicationContext context, long index, byte[] command, boolean recorded)
            throws Exception {
        var machine = machine(context);
        try {
            machine.transact(() -> {
                outcome(machine, index, command);
                if (recorded) {
                    machine.record(index, Map.of());
                }
                throw new Death();
            });
        } catch (Death e) {
            // Nothing of it is committed.
        }
    }

    private static DurableStateMachine machine(ConfigurableApplicationContext context) {
        return (DurableStateMachine) Objects.requireNonNull(context.getBean(RaftStateMachinePostProcessor.class)
                .stateMachines()
                .get("stock"));
    }

    private static String rows(ConfigurableApplicationContext context) {
        var jdbc = context.getBean(JdbcTemplate.class);
        return "item " + jdbc.queryForList("SELECT * FROM item ORDER BY id")
                + "\nbatch " + jdbc.queryForList("SELECT * FROM batch ORDER BY item, item_key")
                + "\nraft_session_row " + jdbc.queryForList("SELECT name, RAWTOHEX(content) FROM raft_session_row");
    }
}
