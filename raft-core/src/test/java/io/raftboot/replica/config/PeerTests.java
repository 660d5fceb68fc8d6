package io.raftboot.replica.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerTests {
    @ParameterizedTest
    @CsvSource({
        "1@localhost:7401, 1, localhost, 7401",
        "' 2@10.0.0.1 ', 2, 10.0.0.1, 7400",
        "3@[::1]:7403, 3, ::1, 7403",
        "4@[fe80::1], 4, fe80::1, 7400"
    })
    void readsIdHostAndPort(String text, long id, String host, int port) {
        assertThat(Peer.valueOf(text)).isEqualTo(new Peer(id, host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "@host", "1@", "x@host:1", "1@a:b:c", "1@[::1", "1@host:", "1@host:7x"})
    void saysHowToWriteWhatItCanNotRead(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Peer.valueOf(text))
                .withMessageContaining("write id@host:port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1@host:0", "1@host:65536", "1@host:99999999999", "0@host:7400"})
    void refusesNumbersOutOfRange(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Peer.valueOf(text));
    }

    @Test
    void printsWhatItReads() {
        assertThat(Peer.valueOf("3@[::1]:7403")).hasToString("3@[::1]:7403");
    }
}
