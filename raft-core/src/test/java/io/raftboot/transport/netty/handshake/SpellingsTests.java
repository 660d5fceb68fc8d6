package io.raftboot.transport.netty.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Names that are the same but for their cases. */
class SpellingsTests {
    @Test
    void eachIsAnotherOneOfTheSameName() {
        var spellings = new Spellings();
        var all = new ArrayList<String>();
        for (int i = 0; i < 31; i++) {
            all.add(spellings.another("kv-2.kv"));
        }
        assertThat(all).doesNotContain("kv-2.kv").hasSize(31);
        assertThat(new HashSet<>(all)).hasSize(15);
        assertThat(all.subList(0, 15)).doesNotHaveDuplicates();
        assertThat(all).allMatch(name -> name.toLowerCase(Locale.ROOT).equals("kv-2.kv"));
    }

    @Test
    void nameWithoutLettersHasOneSpelling() {
        assertThat(new Spellings().another("10-0.1")).isEqualTo("10-0.1");
    }
}
