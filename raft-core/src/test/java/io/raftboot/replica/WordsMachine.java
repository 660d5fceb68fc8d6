package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A set of words with commands that have names, some of which do what no command should: {@code put:WORD} keeps one and
 * {@code first} tells the first; {@code own} keeps a word that each member has its own of, and {@code tell} returns it.
 */
final class WordsMachine implements StateMachine {
    static final String NAME = "words";

    private final String ownWord;
    private final Map<String, Boolean> words = new HashMap<>();

    WordsMachine(String ownWord) {
        this.ownWord = ownWord;
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) {
        String text = new String(command, UTF_8);
        if (text.startsWith("put:")) {
            words.put(text.substring(4), true);
            return new byte[0];
        }
        return switch (text) {
            case "own" -> {
                words.put(ownWord, true);
                yield new byte[0];
            }
            case "tell" -> ownWord.getBytes(UTF_8);
            case "first" -> words.keySet().iterator().next().getBytes(UTF_8);
            default -> throw new IllegalArgumentException("no command: " + text);
        };
    }

    @Override
    public byte[] query(byte[] query) {
        return String.join(",", sorted()).getBytes(UTF_8);
    }

    private Collection<String> sorted() {
        return new TreeMap<>(words).keySet();
    }

    @Override
    public SnapshotWriter snapshot() {
        byte[] state = String.join(",", sorted()).getBytes(UTF_8);
        return out -> out.write(state);
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        words.clear();
        String state = new String(snapshot.readAllBytes(), UTF_8);
        List.of(state.split(",", -1)).stream().filter(word -> !word.isEmpty()).forEach(word -> words.put(word, true));
    }

    @Override
    public @Nullable SnapshotWriter canonicalState() {
        return ownWord.isEmpty() ? null : snapshot();
    }

    @Override
    public Set<String> commandNames() {
        return Set.of("put", "own", "tell", "first");
    }

    @Override
    public String commandName(InputStream command) throws IOException {
        return new String(command.readAllBytes(), UTF_8).split(":", -1)[0];
    }
}
