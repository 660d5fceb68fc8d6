package io.raftboot.spring.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.fuzz.FuzzRun;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** As the decoders of raft-core, the one of calls bears whatever bytes it is given. */
class CallFuzzTests {
    private static final Logger log = LoggerFactory.getLogger(CallFuzzTests.class);

    private static final long EXECUTIONS = Long.getLong("raft.fuzz.executions", 20_000);
    private static final long SEED = Long.getLong("raft.fuzz.seed", 1);

    @Test
    void decoderOfCallsBearsWhateverBytesThereAre() throws Exception {
        var target = new CallTarget();
        var result = new FuzzRun(target, SEED).run(EXECUTIONS);
        log.info("{}", result);
        assertThat(result.executions()).isGreaterThanOrEqualTo(EXECUTIONS / target.costs());
        assertThat(result.decoded()).isGreaterThan(result.executions() / 50);
        assertThat(result.outcomes()).isGreaterThan(10);
    }
}
