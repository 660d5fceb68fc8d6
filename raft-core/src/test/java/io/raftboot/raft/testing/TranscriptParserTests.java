package io.raftboot.raft.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TranscriptParserTests {
    @Test
    void splitsBlocksAndSkipsComments() {
        List<TestCommand> commands = parse(
                """
                # a comment

                first
                ----
                one
                two

                # another

                second 7
                 some input
                more input
                ----
                three
                """);

        assertThat(commands)
                .containsExactly(
                        new TestCommand("file", 3, "first", List.of(), "", "one\ntwo\n"),
                        new TestCommand(
                                "file",
                                10,
                                "second",
                                List.of(TestCommand.Argument.word("7")),
                                "some input\nmore input",
                                "three\n"));
    }

    @Test
    void readsArgumentsOfEveryShape() {
        TestCommand command =
                one("do 1 2 flag=true n=18446744073709551615 empty= none=() many=(1, b ,(c,d) e)\n----\n");

        assertThat(command.words()).containsExactly("1", "2");
        assertThat(command.flag("flag", false)).isTrue();
        assertThat(command.number("n", 0)).isEqualTo(-1L);
        assertThat(command.values("empty")).containsExactly("");
        assertThat(command.values("none")).isEmpty();
        assertThat(command.has("none")).isTrue();
        assertThat(command.values("many")).containsExactly("1", "b", "(c,d) e");
        assertThat(command.value("absent", "default")).isEqualTo("default");
    }

    @Test
    void continuesCommandLineAfterBackslash() {
        TestCommand command = one("do 1 \\\n   a=b\n----\nout\n");

        assertThat(command.words()).containsExactly("1");
        assertThat(command.value("a", "")).isEqualTo("b");
    }

    @Test
    void doubleSeparatorEnclosesOutputWithBlankLines() {
        List<TestCommand> commands = parse("a\n----\n----\nx\n\n----\ny\n----\n----\n\nb\n----\nz\n");

        assertThat(commands).extracting(TestCommand::expected).containsExactly("x\n\n----\ny\n", "z\n");
    }

    @Test
    void saysWhereTheFormatIsBroken() {
        assertThatThrownBy(() -> parse("\nlost 1\n")).hasMessageStartingWith("file:2: no line ----");
        assertThatThrownBy(() -> parse("a b=(1\n----\n")).hasMessageContaining("file:1: parenthesis is not closed");
        assertThatThrownBy(() -> parse("a\n----\n----\nx\n")).hasMessageContaining("file:1: output is not closed");
    }

    @Test
    void runnerNamesPositionAndShowsWhatDiffers() {
        List<TestCommand> commands = parse("a\n----\nok\n\nb 1 c=(2,3)\n----\n1\n2\n3\n4\n5\n6\n7\n");

        assertThatThrownBy(() -> Transcripts.run(
                        commands, command -> command.command().equals("a") ? "" : "1\n2\n3\n4\nfive\n6\n7"))
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        """
                        file:5: output of 'b 1 c=(2,3)' differs (- expected, + actual)
                          (1 equal lines)
                          2
                          3
                          4
                        - 5
                        + five
                          6
                          7
                        """);
    }

    @Test
    void runnerNamesPositionOfHandlerThatFails() {
        assertThatThrownBy(() -> Transcripts.run(parse("\na\n----\n"), command -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessageContaining("file:2: 'a' failed")
                .hasMessageContaining("broken");
    }

    private static List<TestCommand> parse(String text) {
        return TranscriptParser.parse("file", text);
    }

    private static TestCommand one(String text) {
        List<TestCommand> commands = parse(text);
        assertThat(commands).hasSize(1);
        return commands.get(0);
    }
}
