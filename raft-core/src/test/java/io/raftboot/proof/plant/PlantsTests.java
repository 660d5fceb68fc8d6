package io.raftboot.proof.plant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.raft.quorum.MajorityConfig;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whether the mistakes can still be planted. */
class PlantsTests {
    private static final int BUGS_OF_OTHERS = 40;
    private static final int OWN_MISTAKES = 20;

    @TestFactory
    Stream<DynamicTest> eachFitsTheSources() {
        return Plants.all().stream()
                .map(plant -> DynamicTest.dynamicTest(plant.name(), () -> assertThat(PlantedClasses.changed(plant))
                        .isNotEmpty()));
    }

    @Test
    void thereAreEnoughOfEachKind() {
        var plants = Plants.all();

        assertThat(plants).extracting(Plant::name).doesNotHaveDuplicates();
        assertThat(plants.stream()
                        .filter(plant -> plant.bug() > 0)
                        .map(Plant::bug)
                        .distinct()
                        .count())
                .isGreaterThanOrEqualTo(BUGS_OF_OTHERS);
        assertThat(plants).filteredOn(plant -> plant.bug() == 0).hasSizeGreaterThanOrEqualTo(OWN_MISTAKES);
    }

    @Test
    void aPlantIsInTheClassesThatItsLoaderLoads() {
        var loader = new PlantedLoader(Plants.named("QUORUM_OF_HALF"));

        assertThat(loader.call("io.raftboot.proof.plant.PlantsTests", "quorumOfFour"))
                .isEqualTo(2);
        assertThat(quorumOfFour()).isEqualTo(3);
    }

    static int quorumOfFour() {
        return MajorityConfig.of(1, 2, 3, 4).quorum();
    }

    @Test
    void aPlantThatDoesNotFitSaysSo() {
        var edit = new Plant.Edit("raft/Raft.java", "no such text", "");

        assertThatThrownBy(() -> edit.applyTo("class Raft {}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("raft/Raft.java has not the text\nno such text");
    }

    @Test
    void aNameThatThereIsNotIsRefused() {
        assertThatThrownBy(() -> Plants.named("NO_SUCH_PLANT"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NO_SUCH_PLANT")
                .hasMessageContaining("QUORUM_OF_HALF");
    }
}
