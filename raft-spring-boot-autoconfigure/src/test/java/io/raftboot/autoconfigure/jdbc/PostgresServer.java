package io.raftboot.autoconfigure.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

/** A PostgreSQL with a temporary directory of its own; it refuses to run as root, so that root runs it as {@code postgres}. */
public final class PostgresServer {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final int MINUTE_SECONDS = 60;

    private final Path programs;
    private final Path directory;
    private final int port;

    private PostgresServer(Path programs, Path directory, int port) {
        this.programs = programs;
        this.directory = directory;
        this.port = port;
    }

    /** The programs of the newest version that is installed; null if none is. */
    public static @Nullable Path programs() {
        if (!Files.isDirectory(DEBIAN)) {
            return null;
        }
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(DEBIAN)) {
            Path newest = null;
            for (Path version : versions) {
                Path found = version.resolve("bin");
                if (Files.isExecutable(found.resolve("initdb"))
                        && (newest == null || version.compareTo(newest.getParent()) > 0)) {
                    newest = found;
                }
            }
            return newest;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static PostgresServer start(Path programs) throws Exception {
        Path directory = Files.createTempDirectory("raft-postgres");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var server = new PostgresServer(programs, directory, port);
        server.run(
                "initdb", "-D", server.data(), "-A", "trust", "-U", "raft", "--no-locale", "-E", "UTF8", "--no-sync");
        server.run(
                "pg_ctl",
                "-D",
                server.data(),
                "-w",
                "-l",
                directory.resolve("log").toString(),
                "-o",
                "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_wal_size=64MB",
                "start");
        return server;
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    private void run(String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(program + ".out").toFile())
                .start();
        if (!process.waitFor(MINUTE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(
                    program + " failed: " + Files.readString(directory.resolve(program + ".out")));
        }
    }

    /** A new database in it. */
    public DriverManagerDataSource database() {
        String name = "raft_" + UUID.randomUUID().toString().replace('-', '_');
        JdbcClient.create(dataSource("postgres")).sql("CREATE DATABASE " + name).update();
        return dataSource(name);
    }

    DriverManagerDataSource dataSource(String database) {
        return new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:" + port + "/" + database, "raft", "");
    }

    public void stop() throws Exception {
        run("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop");
        FileSystemUtils.deleteRecursively(directory);
    }
}
