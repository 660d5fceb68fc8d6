package io.raftboot.agent;

/** Carries agents: steps them in turn, and rests while none has anything to do. What is queued when it stops stays where it is. */
public interface Carrier extends Hosted {
    /** Steps its agents from now on. Once. */
    void start();
}
