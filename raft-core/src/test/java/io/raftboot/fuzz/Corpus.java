package io.raftboot.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Inputs that are kept of a target, in {@code /fuzz/NAME.hex}: one a line, in hexadecimal, behind comments that begin with
 * {@code #}. Those that were once a finding stay there for good.
 */
final class Corpus {
    private Corpus() {}

    static List<byte[]> of(String target) throws IOException {
        var inputs = new ArrayList<byte[]>();
        try (InputStream in = Corpus.class.getResourceAsStream("/fuzz/" + target + ".hex")) {
            if (in == null) {
                throw new IOException("there is no corpus /fuzz/" + target + ".hex");
            }
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(line -> inputs.add(HexFormat.of().parseHex(line.strip())));
        }
        return inputs;
    }

    /** Writes inputs behind those that are there. */
    static void append(Path file, List<byte[]> inputs) throws IOException {
        var text = new StringBuilder(Files.exists(file) ? Files.readString(file) : "");
        inputs.forEach(input -> text.append(HexFormat.of().formatHex(input)).append('\n'));
        Files.writeString(file, text);
    }
}
