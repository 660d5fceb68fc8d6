package io.raftboot.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.faults.Shell;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that is asked by lines, many at a time, and answers in any order. One that is paused takes questions and answers
 * later; of one that has ended every question fails.
 */
final class ControlledProcess {
    /** What a process says by itself, when it is ready. */
    private static final long READY = 0;

    private static final String END = "";

    private final Process process;
    private final Path log;
    private final Map<Long, CompletableFuture<String>> asked = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong(READY);
    private final LinkedBlockingQueue<String> questions = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private volatile boolean ended;

    /** @param log what it writes to its error output is added to it */
    ControlledProcess(String name, List<String> command, Map<String, String> environment, Path log) {
        this.log = log;
        asked.put(READY, ready);
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread(name + "-questions", this::write);
        thread(name + "-answers", this::read);
    }

    /** A command that runs a class of the tests in a small virtual machine. */
    static List<String> java(Class<?> main, List<String> options) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+PerfDisableSharedMem"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), main.getName()));
        return command;
    }

    /** A build that starts this process by a short command says the long class path elsewhere. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    CompletableFuture<String> ready() {
        return ready;
    }

    /** Fails with an {@link IllegalStateException} where the process ends before it answers. */
    CompletableFuture<String> ask(String question) {
        long number = numbers.incrementAndGet();
        var answer = new CompletableFuture<String>();
        asked.put(number, answer);
        questions.add(number + " " + question);
        if (ended) {
            failAll();
        }
        return answer;
    }

    /** What it writes to its error output. */
    Path log() {
        return log;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Of one that was killed 128 and the number of the signal. */
    int exitValue() {
        return process.exitValue();
    }

    void signal(String name) {
        Shell.run("kill", "-" + name, process.pid());
    }

    /** Whether all of its threads stand. */
    boolean isPaused() {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"))
                    .replaceAll("(?s).*\\) ", "")
                    .startsWith("T");
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    /** Ends it wherever it is, paused or not. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Behind what was asked; most processes end then. */
    void closeInput() {
        questions.add(END);
    }

    boolean awaitEnd(long seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS);
    }

    private void write() {
        try (var out = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), UTF_8))) {
            for (String line = questions.take(); !line.equals(END); line = questions.take()) {
                out.write(line);
                out.newLine();
                out.flush();
            }
        } catch (IOException e) {
            failAll(); // it has ended, or is about to
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (var in = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                int space = line.indexOf(' ');
                var answer = asked.remove(Long.valueOf(line.substring(0, space)));
                if (answer != null) {
                    answer.complete(line.substring(space + 1));
                }
            }
        } catch (IOException e) {
            asked.values().forEach(answer -> answer.completeExceptionally(e));
        } finally {
            ended = true;
            questions.add(END);
            failAll();
        }
    }

    private void failAll() {
        var failure = new IllegalStateException("the process has ended, see " + log);
        asked.values().forEach(answer -> answer.completeExceptionally(failure));
        asked.clear();
    }

    private static void thread(String name, Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
