package io.raftboot.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommandContextTests {
    private final CommandContext context = new CommandContext(7, 2, Instant.EPOCH);

    @AfterEach
    void nothingIsLeftOnTheThread() {
        assertThat(CommandContext.isApplying()).isFalse();
        assertThat(CommandContext.machine()).isNull();
        assertThatIllegalStateException().isThrownBy(CommandContext::current);
    }

    @Test
    void contextIsThereWhileItsCommandRuns() throws Exception {
        assertThat(context.call(CommandContext::current)).isSameAs(context);
        assertThat(context.call(CommandContext::isApplying)).isTrue();
    }

    @Test
    void contextGoesWithACommandThatFails() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> context.call(() -> {
                    throw new IOException("command");
                }));
    }

    @Test
    void machineThatAnswersIsNamedAndAppliesNothing() throws Exception {
        assertThat(CommandContext.within("stock", CommandContext::machine)).isEqualTo("stock");
        assertThat(CommandContext.within("stock", CommandContext::isApplying)).isFalse();
        assertThatIllegalStateException()
                .isThrownBy(() -> CommandContext.within("stock", CommandContext::current))
                .withMessageContaining("no command is being applied");
    }

    @Test
    void commandWithinAMachineHasBoth() throws Exception {
        assertThat(context.call(() -> CommandContext.within("stock", CommandContext::current)))
                .isSameAs(context);
        assertThat(CommandContext.within("stock", () -> context.call(CommandContext::machine)))
                .isEqualTo("stock");
    }

    @Test
    void outerOnesAreThereAgainBehindTheInner() throws Exception {
        var inner = new CommandContext(8, 2, Instant.EPOCH);
        assertThat(context.call(() -> {
                    inner.call(CommandContext::current);
                    return CommandContext.current();
                }))
                .isSameAs(context);
        assertThat(CommandContext.within("stock", () -> {
                    CommandContext.within("ledger", CommandContext::machine);
                    return CommandContext.machine();
                }))
                .isEqualTo("stock");
    }
}
