package io.raftboot.api.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTests {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"
            })
    void whatIsNoTraceThatIsRecordedIsNone(String parent) {
        assertThat(TraceContext.sampled(parent, "")).isNull();
        assertThatIllegalArgumentException().isThrownBy(() -> new TraceContext(parent, ""));
    }

    @Test
    void traceThatIsRecordedIsKeptWithWhatSystemsHaveAdded() {
        assertThat(TraceContext.sampled(PARENT, "congo=t61,rojo=00f0"))
                .isEqualTo(new TraceContext(PARENT, "congo=t61,rojo=00f0"));
        assertThat(TraceContext.sampled(PARENT, null)).isEqualTo(new TraceContext(PARENT, ""));
        assertThat(TraceContext.sampled(PARENT.replace("-01", "-03"), null)).isNotNull();
        assertThat(TraceContext.sampled(null, "congo=t61")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"two\nlines", "ä"})
    void stateThatCannotBeOneIsLeftOut(String state) {
        assertThat(TraceContext.sampled(PARENT, state)).isEqualTo(new TraceContext(PARENT, ""));
        assertThatIllegalArgumentException().isThrownBy(() -> new TraceContext(PARENT, state));
    }

    @Test
    void stateThatIsTooLongIsLeftOut() {
        String longest = "s".repeat(TraceContext.MAX_STATE_LENGTH);
        assertThat(new TraceContext(PARENT, longest).tracestate()).isEqualTo(longest);
        assertThat(TraceContext.sampled(PARENT, longest + "s")).isEqualTo(new TraceContext(PARENT, ""));
    }
}
