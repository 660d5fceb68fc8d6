package io.raftboot.fuzz.targets;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.fuzz.FuzzRun;
import io.raftboot.fuzz.FuzzTarget;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whatever bytes a decoder is given, it refuses them by what it declares or decodes what comes back equal, and allocates no more than
 * it may. {@code -Draft.fuzz.executions} and {@code -Draft.fuzz.seed} have it do more, and other ones.
 */
class DecoderFuzzTests {
    private static final Logger log = LoggerFactory.getLogger(DecoderFuzzTests.class);

    private static final long EXECUTIONS = Long.getLong("raft.fuzz.executions", 20_000);
    private static final long SEED = Long.getLong("raft.fuzz.seed", 1);

    static List<FuzzTarget> targets() {
        return DecoderTargets.all();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void decoderBearsWhateverBytesThereAre(FuzzTarget target) throws Exception {
        var result = new FuzzRun(target, SEED).run(EXECUTIONS);
        log.info("{}", result);
        assertThat(result.executions()).isGreaterThanOrEqualTo(EXECUTIONS / target.costs());
        // One that refuses all has been tried at its door alone.
        assertThat(result.decoded()).isGreaterThan(result.executions() / 50);
        assertThat(result.outcomes()).isGreaterThan(3);
    }
}
