package io.raftboot.autoconfigure.properties;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.autoconfigure.ResolvedContext;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What somebody reads who wrote something wrong: the property, the value as it was written, where, and what to write instead. */
class WrongPropertiesTests {
    private static final String BETWEEN = " && ";

    /** Place where it is written, and how the analysis calls that. */
    private enum Place {
        FILE("[application.properties] - %d:"),
        ARGUMENT("the command line"),
        VARIABLE("the environment variable %s"),
        SYSTEM("the system property %s"),
        TEST("the property source 'Inlined Test Properties'");

        private final String text;

        Place(String text) {
            this.text = text;
        }

        String text(int line, String name) {
            return this == FILE ? String.format(text, line) : String.format(text, name);
        }

        PropertySource<?> source(List<String> written) {
            Map<String, Object> values = new LinkedHashMap<>();
            written.forEach(one -> values.put(nameOf(one), one.substring(one.indexOf('=') + 1)));
            return switch (this) {
                case FILE -> file(written);
                case ARGUMENT ->
                    new SimpleCommandLinePropertySource(
                            written.stream().map(one -> "--" + one).toArray(String[]::new));
                case VARIABLE -> new SystemEnvironmentPropertySource("systemEnvironment", values);
                case SYSTEM -> new MapPropertySource("systemProperties", values);
                case TEST -> new MapPropertySource("Inlined Test Properties", values);
            };
        }

        private static PropertySource<?> file(List<String> written) {
            try {
                byte[] text = String.join("\n", written).replace("\\", "\\\\").getBytes(ISO_8859_1);
                return new PropertiesPropertySourceLoader()
                        .load("file", new ByteArrayResource(text, "application.properties"))
                        .get(0);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // Names
                "FILE | raft.peer=1@a,2@b | raft.peer | Write all elements as raft.peers=1@node1:7400",
                "ARGUMENT | raft.node-id=2 && raft.peer=1@a | raft.peer | raft.peers=1@node1:7400",
                "SYSTEM | raft.peers.1=a:7400 | raft.peers.1 | raft.peers[0]",
                "TEST | raft.nodeid=2 | raft.nodeid | Write raft.node-id=2",
                "ARGUMENT | spring.raft.node-id=2 | spring.raft.node-id | Write raft.node-id=2, without 'spring.'",
                "FILE | raft.snapshot.interval.entries=7 | raft.snapshot.interval.entries | raft.snapshot.interval-entries=7",
                "FILE | raft.data-dir=${NO_SUCH_VARIABLE}/raft | raft.data-dir | give it a default as in ${NAME:default}",
                "FILE | raft.data-dir=${raft.data-dir}/x | raft.data-dir | Set what it names",
                // Who the members are
                "VARIABLE | RAFT_NODE_ID=0 | raft.node-id | a whole number from 1 upwards",
                "ARGUMENT | raft.node-id=-3 | raft.node-id | a whole number from 1 upwards",
                "FILE | raft.node-id=one | raft.node-id | digits alone, for example 2",
                "FILE | raft.node-id=1.5 | raft.node-id | digits alone, for example 2",
                "TEST | raft.node-id=99999999999999999999 | raft.node-id | fits the type Long",
                "ARGUMENT | raft.node-id=2 | raft.node-id | raft.node-id=2 and raft.peers=2@localhost:7400",
                "ARGUMENT | raft.node-id= | raft.node-id | Write all members into raft.peers",
                "VARIABLE | RAFT_PEERS= | raft.peers | Write all members into raft.peers",
                "FILE | raft.peers=${PEERS:} | raft.peers | Write all members into raft.peers",
                "FILE | raft.peers=1@a,2@b | raft.node-id | Write raft.node-id with the id",
                "FILE | raft.node-id=4 && raft.peers=1@a,2@b | raft.node-id | add 4@host:port to raft.peers",
                "FILE | raft.peers=a:7400 | raft.peers | id@host:port",
                "VARIABLE | RAFT_PEERS=a@1 | raft.peers | id@host:port",
                "FILE | raft.peers=1@http://a:7400 | raft.peers | id@host:port",
                "FILE | raft.peers=1@a;2@b | raft.peers | id@host:port",
                "FILE | raft.peers=1@a 2@b | raft.peers | id@host:port",
                "FILE | raft.peers=1@a,,2@b | raft.peers | id@host:port",
                "FILE | raft.peers=1@:7400 | raft.peers | id@host:port",
                "FILE | raft.peers=1@a:port | raft.peers | id@host:port",
                "FILE | raft.peers=1@a:70000 | raft.peers | id@host:port",
                "FILE | raft.peers=1@a:0 | raft.peers | id@host:port",
                "FILE | raft.peers=0@a | raft.peers | id@host:port",
                "FILE | raft.peers=1@::1 | raft.peers | id@host:port",
                "FILE | raft.peers=1@[::1 | raft.peers | id@host:port",
                "FILE | raft.node-id=1 && raft.peers=1@10.0.0.256 | raft.peers | 1@10.0.0.1:7400",
                "FILE | raft.node-id=1 && raft.peers=1@7400 | raft.peers | id@host:port",
                "FILE | raft.node-id=1 && raft.peers=1@-a | raft.peers | id@host:port",
                "FILE | raft.node-id=1 && raft.peers=1@a..b | raft.peers | id@host:port",
                "FILE | raft.node-id=1 && raft.peers=1@a,1@b | raft.peers | an id of its own",
                "FILE | raft.node-id=1 && raft.peers=1@a,2@a:7400 | raft.peers | an address of its own",
                "FILE | raft.node-id=1 && raft.peers=1@0.0.0.0,2@b | raft.peers | raft.transport.address=0.0.0.0",
                "FILE | raft.node-id=1 && raft.peers[1]=1@a | raft.peers | raft.peers[0], raft.peers[1] and so on",
                "VARIABLE | RAFT_NODE_ID=1 && RAFT_PEERS_1=1@a | raft.peers | raft.peers[0]",
                "FILE | raft.node-id=1 && raft.peers[0].id=1 && raft.peers[0].host=a | raft.peers | id@host:port",
                "FILE | raft.divergence-check=-1 | raft.divergence-check | from 1 to 100000, for example 10000, or off",
                "ARGUMENT | raft.divergence-check=0 | raft.divergence-check | from 1 to 100000, for example 10000, or off",
                "FILE | raft.divergence-check=100001 | raft.divergence-check | from 1 to 100000, for example 10000, or off",
                "VARIABLE | RAFT_DIVERGENCE_CHECK=always | raft.divergence-check | from 1 to 100000, for example 10000, or off",
                "ARGUMENT | raft.divergence-check= | raft.divergence-check | from 1 to 100000, for example 10000, or off",
                "SYSTEM | raft.divergence-check=99999999999999999999 | raft.divergence-check | from 1 to 100000",
                "ARGUMENT | raft.join=ja | raft.join | Write true or false",
                "ARGUMENT | raft.join=true | raft.join | at least one member of the running cluster",
                "FILE | raft.membership.stable-after=-1s | raft.membership.stable-after | for example 10s, or 0",
                "FILE | raft.membership.stable-after=ten | raft.membership.stable-after | 100ms or 5s",
                "ARGUMENT | raft.membership.promote=later | raft.membership.promote | [auto, manual]",
                "VARIABLE | RAFT_MEMBERSHIP_ACCEPTJOINS=all | raft.membership.accept-joins | Write true or false",
                "FILE | raft.membership.replace-wiped=maybe | raft.membership.replace-wiped | Write true or false",
                "FILE | raft.membership.remove-dead-after=59m | raft.membership.remove-dead-after | Write 1h or longer",
                "FILE | raft.membership.remove-dead-after=3600 | raft.membership.remove-dead-after | Write 1h or longer",
                "FILE | raft.membership.remove-dead-after=0 | raft.membership.remove-dead-after | longer than 0",
                "FILE | raft.membership.remove-dead-after=off | raft.membership.remove-dead-after | 100ms or 5s",
                "FILE | raft.membership.min-voters=0 | raft.membership.min-voters | from 1 to 99",
                "FILE | raft.membership.min-voters=100 | raft.membership.min-voters | from 1 to 99",
                "FILE | raft.membership.max-voters=0 | raft.membership.max-voters | from 1 to 99",
                "FILE | raft.membership.max-voters=100 | raft.membership.max-voters | from 1 to 99",
                "FILE | raft.membership.min-voter=3 | raft.membership.min-voter | raft.membership.min-voters=3",
                "ARGUMENT | raft.admin.enabled=ja | raft.admin.enabled | Write true or false",
                "ARGUMENT | raft.admin.role= | raft.admin.role | for example RAFT_ADMIN",
                "FILE | raft.admin.role=ROLE_OPS | raft.admin.role | Write raft.admin.role=OPS",
                "FILE | raft.admin.allow-remote=10.0.0.0/8 | raft.admin.allow-remote | Write true or false",
                "FILE | raft.admin=true | raft.admin | raft.admin.enabled",
                "FILE | raft.console.enabled=on_demand | raft.console.enabled | Write true or false",
                "ARGUMENT | raft.console.show-payloads=some | raft.console.show-payloads | Write true or false",
                "FILE | raft.console=true | raft.console | raft.console.enabled",
                "ARGUMENT | raft.cluster-name= | raft.cluster-name | for example orders",
                "VARIABLE | RAFT_CLUSTER_NAME=\"orders\" | raft.cluster-name | raft.cluster-name=orders, without",
                "SYSTEM | raft.cluster-name=or\tders | raft.cluster-name | without line ends, tabs",
                "ARGUMENT | raft.node-id=1 && raft.peers=1@A.example:1,2@a.example.:1 | raft.peers | an address of its own",
                "ARGUMENT | raft.node-id=1 && raft.peers=1@[::1]:1,2@[0:0::1]:1 | raft.peers | an address of its own",
                "ARGUMENT | raft.node-id=1 && raft.peers=1@localhost:1,2@127.0.0.1:1 | raft.peers | an address of its own",
                // Where it writes
                "ARGUMENT | raft.data-dir= | raft.data-dir | data/raft",
                "VARIABLE | RAFT_DATA_DIR=~/raft | raft.data-dir | Write ${user.home}/raft",
                "FILE | raft.data-dir=file:/var/raft | raft.data-dir | Write /var/raft",
                "FILE | raft.data-dir=file:///var/raft | raft.data-dir | Write /var/raft",
                "FILE | raft.data-dir=classpath:raft | raft.data-dir | a directory on a disk",
                "FILE | raft.data-dir=s3://bucket/raft | raft.data-dir | a directory on a disk",
                "VARIABLE | RAFT_DATA_DIR=$HOME/raft | raft.data-dir | ${HOME}/raft",
                "FILE | raft.data-dir=%APPDATA%/raft | raft.data-dir | ${NAME}",
                "VARIABLE | RAFT_DATA_DIR='/var/raft' | raft.data-dir | Write raft.data-dir=/var/raft",
                "ARGUMENT | raft.data-dir=/a;INIT=x | raft.data-dir | no semicolon",
                "ARGUMENT | raft.data-dir=/ | raft.data-dir | a directory of this member alone",
                "ARGUMENT | raft.data-dir=pom.xml | raft.data-dir | a directory of this member alone",
                "ARGUMENT | raft.data-dir=pom.xml/raft | raft.data-dir | a directory of this member alone",
                "VARIABLE | RAFT_DATA_DIR=~bob/raft | raft.data-dir | Write an absolute path",
                "FILE | raft.storage=tape | raft.storage | [wal, memory]",
                // Durations
                "FILE | raft.tick-interval=0ms | raft.tick-interval | longer than 0, for example 50ms",
                "FILE | raft.tick-interval=-50ms | raft.tick-interval | longer than 0",
                "FILE | raft.tick-interval=1ns | raft.tick-interval | for example 50ms",
                "FILE | raft.tick-interval=30ms | raft.tick-interval | 60ms and 600ms",
                "VARIABLE | RAFT_TICKINTERVAL=106751991167300d | raft.tick-interval | at most 3650d",
                "FILE | raft.heartbeat-interval=120ms | raft.heartbeat-interval | 100ms or 150ms",
                "FILE | raft.heartbeat-interval=1s | raft.heartbeat-interval | into that, 10s",
                "FILE | raft.heartbeat-interval=fast | raft.heartbeat-interval | for example 100ms or 5s",
                "FILE | raft.election-timeout=1020ms | raft.election-timeout | 1s or 1050ms",
                "FILE | raft.election-timeout=5 | raft.election-timeout | Write 50ms",
                "FILE | raft.election-timeout=100ms | raft.election-timeout | 1s",
                "FILE | raft.election-timeout=99999999999999999999s | raft.election-timeout | 100ms or 5s",
                "FILE | raft.command-timeout=5 | raft.command-timeout | with its unit, for example 5s",
                "FILE | raft.command-timeout=0 | raft.command-timeout | 5s",
                "FILE | raft.command-timeout=-5s | raft.command-timeout | 5s",
                "FILE | raft.command-timeout=1h | raft.command-timeout | below 30m",
                "FILE | raft.command-timeout=5 s | raft.command-timeout | 100ms or 5s",
                "FILE | raft.command-timeout=106751991167300d | raft.command-timeout | at most 3650d",
                "FILE | raft.command-timeout=PT99999999999999.000000001S | raft.command-timeout | at most 3650d",
                "FILE | raft.session.timeout=3600 | raft.session.timeout | 50s",
                "FILE | raft.session.timeout=4000d | raft.session.timeout | 3650d. Check its unit",
                "FILE | raft.session.key-retention=10s | raft.session.key-retention | 50s",
                "FILE | raft.session.key-retention=0 | raft.session.key-retention | 1h",
                "FILE | raft.snapshot.interval=-1s | raft.snapshot.interval | or 0",
                "FILE | raft.snapshot.interval=1 hour | raft.snapshot.interval | 100ms or 5s",
                "FILE | raft.transport.host-timeout=-1s | raft.transport.host-timeout | for example 1m, or 0",
                // Sizes
                "FILE | raft.max-command-size=2GB | raft.max-command-size | between 1B and 64MB",
                "FILE | raft.max-command-size=0 | raft.max-command-size | between 1B and 64MB",
                "FILE | raft.max-command-size=1.5MB | raft.max-command-size | 512KB or 64MB",
                "FILE | raft.max-command-size=1mb | raft.max-command-size | 512KB or 64MB",
                "FILE | raft.max-pending-bytes=-1MB | raft.max-pending-bytes | greater than 0",
                "FILE | raft.max-pending-bytes=512KB | raft.max-pending-bytes | Write 1MB or more",
                "FILE | raft.max-pending-bytes=100TB | raft.max-pending-bytes | -Xmx",
                "FILE | raft.session.max-key-size=0B | raft.session.max-key-size | between 1B and 1GB",
                "FILE | raft.snapshot.interval-size=-1B | raft.snapshot.interval-size | between 0B",
                "FILE | raft.snapshot.transfer-rate=9999999999999999TB | raft.snapshot.transfer-rate | 512KB or 64MB",
                "FILE | raft.snapshot.max-kept-log=-1GB | raft.snapshot.max-kept-log | between 0B",
                "FILE | raft.wal.segment-size=64 | raft.wal.segment-size | between 4KB and 1GB",
                "FILE | raft.wal.segment-size=2GB | raft.wal.segment-size | between 4KB and 1GB",
                "FILE | raft.wal.cache-size=64MiB | raft.wal.cache-size | 512KB or 64MB",
                "FILE | raft.disk.low-mark=0B | raft.disk.low-mark | between 1B",
                "FILE | raft.disk.high-mark=1MB | raft.disk.high-mark | Set raft.disk.low-mark as well",
                "FILE | raft.disk.low-mark=8MB && raft.disk.high-mark=1MB | raft.disk.high-mark | 16MB",
                "FILE | raft.disk.low-mark=8MB && raft.disk.high-mark=9000TB | raft.disk.high-mark | and 1024TB",
                "FILE | raft.disk.low-mark=8MB && raft.disk.stop-mark=8MB | raft.disk.stop-mark | 2MB",
                // Numbers
                "FILE | raft.max-pending-commands=0 | raft.max-pending-commands | 16384",
                "FILE | raft.max-pending-commands=99999999999 | raft.max-pending-commands | fits the type Integer",
                "FILE | raft.max-pending-commands=1_000 | raft.max-pending-commands | digits alone",
                "FILE | raft.session.max-sessions=0 | raft.session.max-sessions | 10000",
                "FILE | raft.session.max-keys=-1 | raft.session.max-keys | 100000",
                "FILE | raft.snapshot.interval-entries=0 | raft.snapshot.interval-entries | 100000",
                "FILE | raft.snapshot.keep-entries=-1 | raft.snapshot.keep-entries | from 0 upwards",
                "FILE | raft.snapshot.retain=0 | raft.snapshot.retain | 2",
                "FILE | raft.transport.port=0 | raft.transport.port | between 1 and 65535",
                "FILE | raft.transport.port=70000 | raft.transport.port | between 1 and 65535",
                "VARIABLE | RAFT_TRANSPORT_PORT=7400/tcp | raft.transport.port | digits alone",
                // Others
                "FILE | raft.transport.address=0.0.0.0:7400 | raft.transport.address | The port is raft.transport.port",
                "FILE | raft.transport.address=http://a | raft.transport.address | the name or address alone",
                "FILE | raft.transport.address=[::1] | raft.transport.address | the name or address alone",
                "ARGUMENT | raft.transport.address= | raft.transport.address | or leave it out",
                "FILE | raft.transport.ssl.bundle=raft | raft.transport.ssl.bundle | auto-configuration of SSL bundles",
                "ARGUMENT | raft.transport.ssl.bundle= | raft.transport.ssl.bundle | or leave it out",
                "ARGUMENT | raft.transport.ssl.mode=optional | raft.transport.ssl.mode | Write one of [required, permissive]",
                "FILE | raft.transport.ssl.mode=permissive | raft.transport.ssl.mode | below spring.ssl.bundle",
                "SYSTEM | raft.transport.ssl.trust-domain=a | raft.transport.ssl.trust-domain | below spring.ssl.bundle",
                "TEST | raft.transport.ssl.peer-name=node{id} | raft.transport.ssl.peer-name | below spring.ssl.bundle",
                "FILE | raft.pre-vote=maybe | raft.pre-vote | Write true or false",
                "FILE | raft.check-quorum=2 | raft.check-quorum | Write true or false",
                "FILE | raft.read.lease=true && raft.check-quorum=false | raft.read.lease | raft.read.lease=false",
                "FILE | raft.no-leader=never | raft.no-leader | [refuse, wait]",
                "FILE | raft.on-failure=panic | raft.on-failure | [stop-member, exit, restart]",
                "FILE | raft.apply.skip=12 | raft.apply.skip | INDEX:TERM:CHECKSUM",
                "ARGUMENT | raft.apply.skip=12:3:0c9a2f5e,12:3:x | raft.apply.skip | raft.apply.skip=4711:3:0c9a2f5e",
            })
    void analysisNamesPropertyValueAndPlaceAndSaysWhatToWrite(
            Place place, String written, String property, String instead) {
        List<String> lines = Arrays.asList(written.split(BETWEEN));
        var analysis = ResolvedContext.analysisOfStart(environment(place.source(lines)));
        String text = analysis.getDescription();
        assertThat(text).startsWith("The property " + property);
        assertThat(analysis.getAction()).contains(instead);
        int line = faulty(lines, property);
        String one = lines.get(line);
        String placed = place.text(line + 1, nameOf(one));
        assertThat(text.lines())
                .anySatisfy(shown -> assertThat(shown.trim()).startsWith(one).contains(placed));
        assertThat(text).doesNotContain("null").doesNotContain("Exception");
    }

    @Test
    void eachPropertyHasItsWrongValue() throws NoSuchMethodException {
        var tested = new TreeSet<String>();
        String[] cases = WrongPropertiesTests.class
                .getDeclaredMethod(
                        "analysisNamesPropertyValueAndPlaceAndSaysWhatToWrite",
                        Place.class,
                        String.class,
                        String.class,
                        String.class)
                .getAnnotation(CsvSource.class)
                .value();
        for (String one : cases) {
            tested.add(one.split("\\|", -1)[2].trim());
        }
        assertThat(cases.length).isGreaterThan(100);
        assertThat(tested)
                .containsAll(KnownProperties.of(RaftProperties.class).all().stream()
                        .map(KnownProperties.Known::toString)
                        .toList());
    }

    @Test
    void numberWithoutAUnitIsExplained() {
        assertThat(ResolvedContext.analysisOfStart(environment(Place.FILE.source(List.of("raft.session.timeout=3600"))))
                        .getDescription())
                .contains("a number of milliseconds, as it has no unit; write 3600ms, or 3600s for seconds");
    }

    private static int faulty(List<String> lines, String property) {
        for (int i = 0; i < lines.size(); i++) {
            String letters = PropertyPath.letters(nameOf(lines.get(i)));
            if (letters.startsWith(PropertyPath.letters(property))) {
                return i;
            }
        }
        return 0;
    }

    private static String nameOf(String written) {
        return written.substring(0, written.indexOf('='));
    }

    private static ConfigurableEnvironment environment(PropertySource<?> source) {
        var environment = new StandardEnvironment();
        var sources = environment.getPropertySources();
        if (sources.contains(source.getName())) {
            sources.replace(source.getName(), source);
        } else {
            sources.addFirst(source);
        }
        return environment;
    }
}
