package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.transport.LocalMember;
import io.raftboot.transport.MemberRun;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An answer finds its request by an id that neither another connection nor an earlier run has given. */
class RequestIdTests {
    private static final int REQUESTS = 1000;

    @Test
    void requestsOfOneRunAreNotThoseOfAnother() {
        Set<Long> ids = new HashSet<>();
        for (long runId : new long[] {0x1234_5678_9abc_def0L, 0x7edc_ba98_7654_3210L}) {
            var self = new LocalMember(77, "default", 1, 1001, "", new MemberRun(runId, 1, 1, 1));
            var endpoint = Members.endpoint(self, Members.fast().build());
            try {
                for (int i = 0; i < REQUESTS; i++) {
                    assertThat(ids.add(endpoint.nextRequestId())).isTrue();
                }
            } finally {
                endpoint.close();
            }
        }
        assertThat(ids).doesNotContain(1L, 2L);
    }
}
