package io.raftboot.benchmarks.aeron;

import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ClusteredMediaDriver;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.service.ClusteredServiceContainer;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.exceptions.AeronException;
import io.raftboot.benchmarks.load.Member;
import io.raftboot.benchmarks.load.MemberAddress;
import io.raftboot.benchmarks.load.MemberOptions;
import io.raftboot.benchmarks.load.MemberProcess;
import io.raftboot.benchmarks.load.PutTarget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * A member whose archive forces what it records, which Aeron does only when it is told to. Media driver and archive share a
 * thread each, as in the cluster of Aeron's own tutorial: a machine of two processors has none to spare for more.
 */
final class AeronMember implements Member {
    private static final int INGRESS = 0;
    private static final int CONSENSUS = 1;
    private static final int LOG = 2;
    private static final int CATCH_UP = 3;
    private static final int ARCHIVE = 4;
    private static final int EGRESS = 5;
    /** Data, not the file's own times: the sizes of recordings are fixed. */
    private static final int FORCE_DATA = 1;

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final long START_INTERVAL_MILLIS = 250;
    private static final String CATALOG_SYNC_LEVEL = "aeron.archive.catalog.file.sync.level";

    private final KeyValueService service;
    private final ClusteredMediaDriver cluster;
    private final ClusteredServiceContainer container;
    private final AeronCluster.Context client;
    private @Nullable IngressClient ingress;

    private AeronMember(
            KeyValueService service,
            ClusteredMediaDriver cluster,
            ClusteredServiceContainer container,
            AeronCluster.Context client) {
        this.service = service;
        this.cluster = cluster;
        this.container = container;
        this.client = client;
    }

    public static void main(String[] arguments) {
        MemberProcess.run(arguments, AeronMember::start);
    }

    /** Until a predecessor that was killed counts as gone, which is 10 s after its last sign of life, no member starts. */
    private static AeronMember start(MemberOptions options) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + START_TIMEOUT.toNanos();
        while (true) {
            try {
                return launch(options);
            } catch (IllegalStateException | AeronException e) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw e;
                }
                System.err.println("not yet: " + e);
                TimeUnit.MILLISECONDS.sleep(START_INTERVAL_MILLIS);
            }
        }
    }

    private static AeronMember launch(MemberOptions options) {
        System.setProperty(CATALOG_SYNC_LEVEL, "" + FORCE_DATA);
        var driverDirectory = options.scratchDir().toString();
        var driver = new MediaDriver.Context()
                .aeronDirectoryName(driverDirectory)
                .threadingMode(ThreadingMode.SHARED)
                .dirDeleteOnStart(true);
        var cluster = ClusteredMediaDriver.launch(
                driver, archive(options, driverDirectory), consensus(options, driverDirectory));
        var service = new KeyValueService();
        ClusteredServiceContainer container;
        try {
            container = ClusteredServiceContainer.launch(new ClusteredServiceContainer.Context()
                    .aeronDirectoryName(driverDirectory)
                    .archiveContext(archiveClient(driverDirectory))
                    .clusterDir(clusterDirectory(options).toFile())
                    .clusteredService(service));
        } catch (IllegalStateException | AeronException e) {
            cluster.close();
            throw e;
        }
        var client = new AeronCluster.Context()
                .aeronDirectoryName(driverDirectory)
                .ingressChannel("aeron:udp")
                .ingressEndpoints(options.members().stream()
                        .map(member -> index(member) + "=" + endpoint(member, INGRESS))
                        .collect(Collectors.joining(",")))
                .egressChannel("aeron:udp?endpoint=" + endpoint(options.self(), EGRESS));
        return new AeronMember(service, cluster, container, client);
    }

    private static Archive.Context archive(MemberOptions options, String driverDirectory) {
        return new Archive.Context()
                .aeronDirectoryName(driverDirectory)
                .archiveDir(options.dataDir().resolve("archive").toFile())
                .controlChannel("aeron:udp?endpoint=" + endpoint(options.self(), ARCHIVE))
                .localControlChannel("aeron:ipc?term-length=64k")
                .replicationChannel("aeron:udp?endpoint=" + options.self().host() + ":0")
                .recordingEventsEnabled(false)
                .threadingMode(ArchiveThreadingMode.SHARED)
                .fileSyncLevel(FORCE_DATA);
    }

    private static ConsensusModule.Context consensus(MemberOptions options, String driverDirectory) {
        return new ConsensusModule.Context()
                .aeronDirectoryName(driverDirectory)
                .clusterMemberId(index(options.self()))
                .clusterMembers(
                        options.members().stream().map(AeronMember::endpoints).collect(Collectors.joining("|")))
                .clusterDir(clusterDirectory(options).toFile())
                .ingressChannel("aeron:udp")
                .replicationChannel("aeron:udp?endpoint=" + options.self().host() + ":0")
                .archiveContext(archiveClient(driverDirectory))
                .fileSyncLevel(FORCE_DATA);
    }

    private static AeronArchive.Context archiveClient(String driverDirectory) {
        return new AeronArchive.Context()
                .aeronDirectoryName(driverDirectory)
                .controlRequestChannel("aeron:ipc?term-length=64k")
                .controlResponseChannel("aeron:ipc?term-length=64k");
    }

    private static Path clusterDirectory(MemberOptions options) {
        return options.dataDir().resolve("cluster");
    }

    /** Aeron counts from 0. */
    private static int index(MemberAddress member) {
        return member.id() - 1;
    }

    private static String endpoints(MemberAddress member) {
        return index(member) + "," + endpoint(member, INGRESS) + "," + endpoint(member, CONSENSUS) + ","
                + endpoint(member, LOG) + "," + endpoint(member, CATCH_UP) + "," + endpoint(member, ARCHIVE);
    }

    private static String endpoint(MemberAddress member, int port) {
        return member.host() + ":" + member.ports().get(port);
    }

    /** Also that the client beside it has its session, without which nobody could put load on it. */
    @Override
    public boolean leads() {
        return service.leads() && client().connected();
    }

    @Override
    public PutTarget puts() {
        return client();
    }

    /** Connected only where load is put: elsewhere it would poll for nothing. */
    private synchronized IngressClient client() {
        if (ingress == null) {
            ingress = new IngressClient(client);
            ingress.start();
        }
        return ingress;
    }

    @Override
    public synchronized void close() {
        if (ingress != null) {
            ingress.close();
        }
        CloseHelper.closeAll(container, cluster);
    }
}
