package io.raftboot.proof.plant;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Classes of the product with a mistake in them: its sources, changed, and compiled against all that is not. */
final class PlantedClasses {
    private static final Path SOURCES = Path.of("src/main/java/io/raftboot");
    private static final String ROOT = "io.raftboot.";

    private PlantedClasses() {}

    /** By their binary names. */
    static Map<String, byte[]> of(Plant plant) {
        var sources = new ArrayList<JavaFileObject>();
        changed(plant).forEach((file, source) -> sources.add(new Source(file, source)));
        var compiler = ToolProvider.getSystemJavaCompiler();
        var complaints = new StringWriter();
        try (var files = new Compiled(compiler.getStandardFileManager(null, null, null))) {
            var options = List.of("-proc:none", "-nowarn", "-parameters", "-classpath", classPath());
            if (!compiler.getTask(complaints, files, null, options, null, sources)
                    .call()) {
                throw new IllegalArgumentException(plant.name() + " does not compile: " + complaints);
            }
            return files.classes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What this class was loaded with, which a launcher may have put together by itself. */
    private static String classPath() {
        var path = new StringBuilder(System.getProperty("java.class.path"));
        if (PlantedClasses.class.getClassLoader() instanceof URLClassLoader loader) {
            for (var url : loader.getURLs()) {
                path.append(File.pathSeparator).append(Path.of(URI.create(url.toString())));
            }
        }
        return path.toString();
    }

    /** Sources of all files that the plant changes. */
    static Map<String, String> changed(Plant plant) {
        var sources = new LinkedHashMap<String, String>();
        for (var edit : plant.edits()) {
            sources.put(edit.file(), edit.applyTo(sources.computeIfAbsent(edit.file(), PlantedClasses::read)));
        }
        return sources;
    }

    private static String read(String file) {
        try {
            return Files.readString(SOURCES.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException("sources are looked for in " + SOURCES.toAbsolutePath(), e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String content;

        Source(String file, String content) {
            super(URI.create("string:///" + ROOT.replace('.', '/') + file), Kind.SOURCE);
            this.content = content;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return content;
        }
    }

    /** Keeps what is compiled in memory. */
    private static final class Compiled extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> outputs = new TreeMap<>();

        Compiled(JavaFileManager files) {
            super(files);
        }

        Map<String, byte[]> classes() {
            var classes = new TreeMap<String, byte[]>();
            outputs.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
            return classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("mem:///" + className.replace('.', '/') + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    var bytes = new ByteArrayOutputStream();
                    outputs.put(className, bytes);
                    return bytes;
                }
            };
        }
    }
}
