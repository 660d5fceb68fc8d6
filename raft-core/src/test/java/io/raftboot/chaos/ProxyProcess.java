package io.raftboot.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.chaos.FaultProxy.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The proxy as a process, in the network namespace where all links meet: answers each numbered line with one. Ends when its input
 * does.
 */
final class ProxyProcess {
    private final FaultProxy proxy;

    private ProxyProcess(Addresses addresses) {
        proxy = new FaultProxy(
                address -> addresses.placeOf(address.getHostAddress()),
                place -> place == FaultProxy.ANYONE ? null : resolve(addresses.faceOf(place)));
    }

    /** Arguments: the beginning of all addresses. */
    public static void main(String[] arguments) throws IOException {
        var answers = new PrintStream(System.out, true, UTF_8);
        System.setOut(System.err);
        var process = new ProxyProcess(new Addresses(arguments[0], true));
        answers.println("0 started");
        var in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            int space = line.indexOf(' ');
            answers.println(line.substring(0, space) + " "
                    + process.answer(line.substring(space + 1).split(" ", -1)));
        }
        Runtime.getRuntime().halt(0);
    }

    private String answer(String[] words) throws IOException {
        return switch (words[0]) {
            // Place, host to listen on, host to pass on to, port of both.
            case "open" -> {
                int port = Integer.parseInt(words[4]);
                proxy.open(
                        new InetSocketAddress(resolve(words[2]), port),
                        Integer.parseInt(words[1]),
                        new InetSocketAddress(resolve(words[3]), port));
                yield "open";
            }
            case "set" -> {
                proxy.set(
                        Integer.parseInt(words[1]),
                        Integer.parseInt(words[2]),
                        Kind.valueOf(words[3]),
                        Integer.parseInt(words[4]));
                yield "set";
            }
            case "heal" -> {
                proxy.healAll();
                yield "healed";
            }
            case "done" ->
                Arrays.stream(Kind.values())
                        .map(kind -> kind + "=" + proxy.done(kind))
                        .collect(Collectors.joining(" "));
            default -> throw new IllegalArgumentException("'" + words[0] + "' is no question to a proxy");
        };
    }

    private static InetAddress resolve(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
