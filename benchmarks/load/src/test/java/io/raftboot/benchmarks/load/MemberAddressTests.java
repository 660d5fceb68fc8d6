package io.raftboot.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberAddressTests {
    @Test
    void surviveTheWayToAChild() {
        var address = new MemberAddress(2, "127.0.0.1", List.of(7001, 7002, 7003));

        assertThat(address).hasToString("2@127.0.0.1:7001:7002:7003");
        assertThat(MemberAddress.valueOf(address.toString())).isEqualTo(address);
        assertThat(address.port()).isEqualTo(7001);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1:7001", "@127.0.0.1:7001", "1@127.0.0.1", "1@127.0.0.1:", "0@127.0.0.1:7001"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> MemberAddress.valueOf(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
