package io.raftboot.demo.process;

import java.util.List;

/** Processes of one group, for those who send commands to them, and who change who is a member. */
interface RunningGroup {
    /** Any thread: the members that callers are sent to; never empty. */
    List<MemberProcess> inService();

    MemberProcess process(long id);

    /** Where a member is to be reached, as the others are told. */
    String address(long id);
}
