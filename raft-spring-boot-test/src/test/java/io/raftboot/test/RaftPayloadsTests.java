package io.raftboot.test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.spring.RaftCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"UnusedVariable", "ArrayRecordComponent"}) // fields are read by the codec alone
class RaftPayloadsTests {
    record Line(String sku, BigDecimal amount, Optional<String> note, Instant at, byte[] raw) {}

    static final class Account {
        private final String id;
        private Object mark = "none";
        private transient int cached;

        Account() {
            this("");
        }

        Account(String id) {
            this.id = id;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Account account && account.id.equals(id);
        }

        @Override
        public int hashCode() {
            return id.hashCode();
        }
    }

    private final RaftPayloads payloads = RaftPayloads.asJson();

    @Test
    void valuesThatComeBackPass() {
        var line = new Line("a", new BigDecimal("1.10"), Optional.of("n"), Instant.ofEpochSecond(1, 2), new byte[] {1});
        var account = new Account("a");
        account.cached = 3;
        assertThatCode(() ->
                        payloads.assertComesBack(line).assertComesBack(account).assertComesBack(7L))
                .doesNotThrowAnyException();
        assertThatCode(() -> payloads.assertComesBack(null, Line.class)).doesNotThrowAnyException();
        assertThatCode(() -> payloads.assertComesBack(new HashSet<>(Set.of("b", "a")), Set.class))
                .doesNotThrowAnyException();
    }

    @Test
    void valueThatChangesItsClassIsNamedByItsPath() {
        var account = new Account("a");
        account.mark = new BigDecimal("1.5");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> payloads.assertComesBack(account))
                .withMessageContaining(Account.class.getName())
                .withMessageContaining("Account.mark was 1.5 of java.math.BigDecimal, and comes back as 1.5 of")
                .withMessageContaining("java.lang.Double");
    }

    @Test
    void keyThatChangesItsClassIsNamed() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> payloads.assertComesBack(Map.of(1L, "a"), Map.class))
                .withMessageContaining("1 of java.lang.Long");
    }

    @Test
    void comparatorThatIsLostIsNamedThoughTheOrderIsTheSame() {
        var map = new TreeMap<String, Integer>(Comparator.reverseOrder());
        map.put("a", 1);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> payloads.assertComesBack(map))
                .withMessageContaining("a TreeMap with a Comparator would come back without it");
    }

    static final class Forgetful implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        private List<String> names = List.of();

        @Serial
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            names = List.of();
        }
    }

    /** Says of nothing that it differs. */
    private static final class JavaCodec implements RaftCodec {
        @Override
        public void write(@Nullable Object value, Type type, OutputStream out) throws IOException {
            var bytes = new ByteArrayOutputStream();
            try (var objects = new ObjectOutputStream(bytes)) {
                objects.writeObject(value);
            }
            bytes.writeTo(out);
        }

        @Override
        @SuppressWarnings("BanSerializableRead") // written by this test
        public @Nullable Object read(InputStream in, Type type) throws IOException {
            try {
                return new ObjectInputStream(new ByteArrayInputStream(in.readAllBytes())).readObject();
            } catch (ClassNotFoundException e) {
                throw new IOException(e);
            }
        }
    }

    @Test
    void fieldThatAnotherCodecLosesIsNamed() {
        var state = new Forgetful();
        state.names = List.of("a");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> RaftPayloads.with(new JavaCodec()).assertComesBack(state))
                .withMessageContaining("Forgetful.names had 1 elements, and comes back with 0");
        RaftPayloads.with(new JavaCodec()).assertComesBack(new Forgetful());
    }
}
