package io.raftboot.shape;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Within a replica each room knows those below it alone: not those above, and not those beside. */
class ReplicaArrowsTests {
    private static final String REPLICA = "io.raftboot.replica";

    /** From the top down; the rooms of one floor stand together. */
    private static final List<Set<String>> FLOORS = List.of(
            Set.of(REPLICA),
            Set.of(REPLICA + ".stage"),
            Set.of(REPLICA + ".command", REPLICA + ".read", REPLICA + ".space", REPLICA + ".change"),
            Set.of(
                    REPLICA + ".leader",
                    REPLICA + ".snapshot",
                    REPLICA + ".membership",
                    REPLICA + ".divergence",
                    REPLICA + ".report"),
            Set.of(REPLICA + ".machine"),
            Set.of(REPLICA + ".config", REPLICA + ".watch", REPLICA + ".duty"),
            Set.of(
                    "io.raftboot.agent",
                    "io.raftboot.api.event",
                    "io.raftboot.api.meter",
                    "io.raftboot.api.report",
                    "io.raftboot.api.trace"),
            Set.of("io.raftboot.api", "io.raftboot.notice"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(REPLICA, "io.raftboot.agent", "io.raftboot.api", "io.raftboot.notice");

    @Test
    void arrowsPointDownwards() {
        assertThat(arrowsUpOrSideways(FLOORS)).isEmpty();
    }

    /** Of comments as well, which the compiled classes know nothing of. */
    @Test
    void importsPointDownwards() throws IOException {
        var found = new TreeSet<String>();
        try (var files = Files.walk(Path.of("src", "main", "java", "io", "raftboot"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                found.addAll(importsUpwards(Files.readString(file)));
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void importOfARoomAboveIsFound() {
        assertThat(importsUpwards("package io.raftboot.api;\nimport io.raftboot.replica.Replica;\n"))
                .containsExactly("io.raftboot.api imports io.raftboot.replica.Replica");
        assertThat(importsUpwards("package io.raftboot.replica;\nimport io.raftboot.api.Outcome;\n"))
                .isEmpty();
    }

    private static Set<String> importsUpwards(String source) {
        var found = new TreeSet<String>();
        var header = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE).matcher(source);
        if (!header.find()) {
            return found;
        }
        int from = floor(FLOORS, header.group(1));
        var imports = Pattern.compile("^import (?:static )?([a-z.]+)\\.([A-Z]\\w*)[^;]*;", Pattern.MULTILINE)
                .matcher(source);
        while (from >= 0 && imports.find()) {
            int to = floor(FLOORS, imports.group(1));
            if (to >= 0 && to <= from && !imports.group(1).equals(header.group(1))) {
                found.add(header.group(1) + " imports " + imports.group(1) + "." + imports.group(2));
            }
        }
        return found;
    }

    @Test
    void everyRoomHasItsFloor() {
        var rooms = new TreeSet<String>();
        CLASSES.forEach(type -> rooms.add(type.getPackageName()));
        rooms.remove(REPLICA + ".proto");
        var known = new TreeSet<String>();
        FLOORS.forEach(known::addAll);
        assertThat(rooms).isEqualTo(known);
    }

    /** Else the rule would hold whatever is written. */
    @Test
    void ruleFindsWhatPointsUpInAHouseThatStandsOnItsHead() {
        var upsideDown = new ArrayList<>(FLOORS);
        Collections.reverse(upsideDown);
        assertThat(arrowsUpOrSideways(upsideDown))
                .contains("Replica -> ReplicaConfig", "ApplyStage -> Machines")
                .doesNotContain("Machines -> ApplyStage");
    }

    /** Between rooms of one floor as well, but for what stands in one of them. */
    @Test
    void ruleFindsWhatPointsSideways() {
        assertThat(arrowsUpOrSideways(List.of(Set.of(REPLICA + ".machine", REPLICA + ".config"))))
                .contains("SessionTable -> MemoryBudget")
                .noneMatch(arrow -> arrow.endsWith("-> MachineSlot"));
    }

    private static Set<String> arrowsUpOrSideways(List<Set<String>> floors) {
        var found = new TreeSet<String>();
        for (JavaClass type : CLASSES) {
            int from = floor(floors, type.getPackageName());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                var target = dependency.getTargetClass().getBaseComponentType();
                int to = floor(floors, target.getPackageName());
                if (from >= 0
                        && to >= 0
                        && to <= from
                        && !target.getPackageName().equals(type.getPackageName())) {
                    found.add(outermost(type) + " -> " + outermost(target));
                }
            }
        }
        return found;
    }

    private static int floor(List<Set<String>> floors, String packageName) {
        for (int floor = 0; floor < floors.size(); floor++) {
            if (floors.get(floor).contains(packageName)) {
                return floor;
            }
        }
        return -1;
    }

    private static String outermost(JavaClass type) {
        return type.getName().replaceFirst(".*\\.", "").replaceFirst("\\$.*", "");
    }
}
