package io.raftboot.transport.netty.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.transport.GroupIdentity;
import io.raftboot.transport.MemberRun;
import io.raftboot.transport.ProcessIdentity;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Purpose;
import java.util.List;
import org.junit.jupiter.api.Test;

class HelloFormatTests {
    private static Hello.Builder hello() {
        var me = new ProcessIdentity(77, 1, 1001, "member1:7400");
        var group = new GroupIdentity("default", new MemberRun(9, 8, 7, 6), "");
        return HelloFormat.hello(me, List.of(group), Purpose.PURPOSE_STREAM, ByteString.copyFromUtf8("challenge"));
    }

    @Test
    void introductionWithAnyBitTurnedIsNotIntact() {
        Hello hello = HelloFormat.sealed(hello());
        assertThat(HelloFormat.isIntact(hello)).isTrue();
        byte[] bytes = hello.toByteArray();
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            assertThat(isTaken(damaged)).as("bit %s", bit).isFalse();
        }
    }

    private static boolean isTaken(byte[] bytes) {
        try {
            return HelloFormat.isIntact(Hello.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    @Test
    void introductionOfAVersionWithoutChecksumsIsTakenWithoutOne() {
        assertThat(HelloFormat.isIntact(hello().setHighestVersion(3).build())).isTrue();
        assertThat(HelloFormat.isIntact(hello().setHighestVersion(0).build())).isTrue();
        assertThat(HelloFormat.isIntact(hello().build())).isFalse();
    }

    /** Of a later version, with fields that are not known here. */
    @Test
    void introductionWithUnknownFieldsIsIntact() throws InvalidProtocolBufferException {
        var field = com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                .addVarint(5)
                .build();
        var unknown = com.google.protobuf.UnknownFieldSet.newBuilder()
                .addField(30, field)
                .build();
        Hello later = HelloFormat.sealed(hello().setHighestVersion(9).setUnknownFields(unknown));
        assertThat(HelloFormat.isIntact(Hello.parseFrom(later.toByteArray()))).isTrue();
    }
}
