package io.raftboot.shape;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * A Java file as the compiler reads it, without what it means.
 *
 * @param module directory of the module that it belongs to
 * @param path of the file below the root of its sources
 * @param packageName empty where it has none
 * @param lines of the file
 * @param types on the top level
 * @param callables of all types, also those within others
 * @param unexplained public types, also those within others, that have no Javadoc
 */
record ParsedSource(
        String module,
        String path,
        String packageName,
        int lines,
        List<TopLevelType> types,
        List<Callable> callables,
        List<String> unexplained) {

    /** @param annotations simple names of all that stand on methods of it */
    record TopLevelType(String name, boolean isPublic, boolean isAbstract, Set<String> annotations) {}

    /**
     * A method, a constructor, or a record with its components.
     *
     * @param name with the types around it, {@code Outer.Inner.method}; of a constructor with the name of its type again
     * @param lines from the one with the name to the end; 0 of a record's components
     */
    record Callable(String name, int lines, int parameters) {}

    static ParsedSource of(String module, String path, String text) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var problems = new DiagnosticCollector<JavaFileObject>();
        var task = (JavacTask)
                compiler.getTask(null, null, problems, List.of("-proc:none"), null, List.of(new Text(text)));
        CompilationUnitTree unit = task.parse().iterator().next();
        if (!problems.getDiagnostics().isEmpty()) {
            throw new IllegalArgumentException(path + ": " + problems.getDiagnostics());
        }
        var visitor = new Visitor(text, unit, DocTrees.instance(task));
        visitor.scan(unit, null);
        var types = new ArrayList<TopLevelType>();
        for (Tree declared : unit.getTypeDecls()) {
            if (declared instanceof ClassTree type) {
                types.add(topLevel(type));
            }
        }
        var name = unit.getPackageName();
        return new ParsedSource(
                module,
                path,
                name == null ? "" : name.toString(),
                (int) text.lines().count(),
                types,
                visitor.callables,
                visitor.unexplained);
    }

    boolean isPackageInfo() {
        return path.endsWith("package-info.java");
    }

    private static TopLevelType topLevel(ClassTree type) {
        var annotations = new HashSet<String>();
        for (Tree member : type.getMembers()) {
            if (member instanceof MethodTree method) {
                for (AnnotationTree annotation : method.getModifiers().getAnnotations()) {
                    annotations.add(annotation.getAnnotationType().toString().replaceAll(".*\\.", ""));
                }
            }
        }
        var flags = type.getModifiers().getFlags();
        return new TopLevelType(
                type.getSimpleName().toString(),
                flags.contains(Modifier.PUBLIC),
                flags.contains(Modifier.ABSTRACT),
                annotations);
    }

    private static final class Visitor extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final String text;
        private final CompilationUnitTree unit;
        private final DocTrees trees;
        private final List<String> around = new ArrayList<>();
        private final List<Callable> callables = new ArrayList<>();
        private final List<String> unexplained = new ArrayList<>();

        Visitor(String text, CompilationUnitTree unit, DocTrees trees) {
            this.text = text;
            this.unit = unit;
            this.trees = trees;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
            around.add(
                    type.getSimpleName().isEmpty()
                            ? "(anonymous)"
                            : type.getSimpleName().toString());
            if (type.getKind() == Tree.Kind.RECORD) {
                int components = 0;
                for (Tree member : type.getMembers()) {
                    // What is not static in a record is a component of it.
                    if (member instanceof VariableTree field
                            && !field.getModifiers().getFlags().contains(Modifier.STATIC)) {
                        components++;
                    }
                }
                callables.add(new Callable(String.join(".", around), 0, components));
            }
            if (isPublic(type) && trees.getDocComment(getCurrentPath()) == null) {
                unexplained.add(String.join(".", around));
            }
            super.visitClass(type, null);
            around.remove(around.size() - 1);
            return null;
        }

        /** Whether it says so; a type within an interface need not. */
        private boolean isPublic(ClassTree type) {
            return type.getModifiers().getFlags().contains(Modifier.PUBLIC)
                    || getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.INTERFACE;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
            String name = method.getName().contentEquals("<init>")
                    ? around.get(around.size() - 1)
                    : method.getName().toString();
            callables.add(new Callable(
                    String.join(".", around) + "." + name,
                    (int) (line(trees.getSourcePositions().getEndPosition(unit, method) - 1) - line(begin(method)) + 1),
                    method.getParameters().size()));
            return super.visitMethod(method, null);
        }

        /** The first character behind the annotations. */
        private long begin(MethodTree method) {
            long begin = trees.getSourcePositions().getStartPosition(unit, method);
            for (AnnotationTree annotation : method.getModifiers().getAnnotations()) {
                begin = Math.max(begin, trees.getSourcePositions().getEndPosition(unit, annotation));
            }
            while (Character.isWhitespace(text.charAt((int) begin))) {
                begin++;
            }
            return begin;
        }

        private long line(long position) {
            return unit.getLineMap().getLineNumber(position);
        }
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String text;

        Text(String text) {
            super(URI.create("string:///Example.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** For examples: one file, of nobody. */
    static ParsedSource ofLines(String path, String... lines) throws IOException {
        return of("example", path, String.join("\n", Arrays.asList(lines)));
    }
}
