package io.raftboot.spring.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observations, with what each is called and the keys that it has unless a convention of the application says otherwise. */
public enum RaftObservation implements ObservationDocumentation {
    /** A command that was asked of this member, until its outcome is known here. */
    COMMAND(DefaultRaftCommandObservationConvention.class) {
        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return new KeyName[] {Low.GROUP, Low.MACHINE, Low.OPERATION, Low.OUTCOME};
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return new KeyName[] {High.NODE, High.INDEX, High.DETAIL};
        }
    },
    /** A query that was asked of this member, until it is answered. */
    QUERY(DefaultRaftQueryObservationConvention.class) {
        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return new KeyName[] {Low.GROUP, Low.MACHINE, Low.OPERATION, Low.CONSISTENCY, Low.OUTCOME};
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return new KeyName[] {High.NODE, High.INDEX, High.DETAIL};
        }
    },
    /** The leader brings a traced command into the log, until it is committed. */
    APPEND(DefaultRaftAppendObservationConvention.class) {
        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return new KeyName[] {Low.GROUP, Low.MACHINE};
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return new KeyName[] {High.NODE, High.TERM, High.INDEX};
        }
    },
    /** A member gives a traced command to its state machine. */
    APPLY(DefaultRaftApplyObservationConvention.class) {
        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return new KeyName[] {Low.GROUP, Low.MACHINE};
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return new KeyName[] {High.NODE, High.TERM, High.INDEX};
        }
    };

    private final Class<? extends ObservationConvention<? extends Observation.Context>> convention;

    RaftObservation(Class<? extends ObservationConvention<? extends Observation.Context>> convention) {
        this.convention = convention;
    }

    @Override
    public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
        return convention;
    }

    /** Keys of few values, which are tags of meters too. */
    public enum Low implements KeyName {
        /** Of the state machine. */
        GROUP("group"),
        /** Name of the state machine. */
        MACHINE("machine"),
        /** Name of the command or query; {@value #NONE} for a call in bytes. */
        OPERATION("operation"),
        /** As the query was to be read. */
        CONSISTENCY("consistency"),
        /** applied, failed, refused or unknown of a command; answered, failed or refused of a query; {@value #NONE} before that. */
        OUTCOME("outcome");

        static final String NONE = "none";

        private final String key;

        Low(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    /** Keys of many values, for traces alone. */
    public enum High implements KeyName {
        /** Id of the member that was asked, or does it. */
        NODE("node"),
        /** Term of the command's entry. */
        TERM("term"),
        /** Index of the command's entry, or of the state that answered. */
        INDEX("index"),
        /** Why it was refused, or is unknown, in words. */
        DETAIL("detail");

        private final String key;

        High(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }
}
