package io.raftboot.replica;

import io.raftboot.agent.AgentHost;
import io.raftboot.storage.disk.Disk;
import io.raftboot.transport.Transport;

/** What a member shares with others of its process, whichever group they are of. */
record ProcessParts(AgentHost host, Transport transport, Disk disk) {}
