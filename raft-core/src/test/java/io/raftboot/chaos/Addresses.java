package io.raftboot.chaos;

/**
 * Addresses of the places that members run in. A place has one to listen on, and a face, by which all others know it: where a proxy
 * stands in between, that is an address of the proxy's, from which the place's own connections come as well.
 *
 * @param prefix of all of them, with a dot at the end
 */
record Addresses(String prefix, boolean proxied) {
    private static final int PLACES = 10;
    private static final int FACES = 100;
    private static final int GREATEST = 250;

    /** @param place 1 or greater */
    String placeAddress(int place) {
        return prefix + (PLACES + place);
    }

    String faceOf(int place) {
        return prefix + ((proxied ? FACES : PLACES) + place);
    }

    /** The place at an address; {@link FaultProxy#ANYONE} if there is none. */
    int placeOf(String address) {
        int number = address.startsWith(prefix) ? Integer.parseInt(address.substring(prefix.length())) : 0;
        return number > PLACES && number < FACES ? number - PLACES : FaultProxy.ANYONE;
    }

    /** Address of the bridge, to which all places are linked. */
    String middle() {
        return prefix + GREATEST;
    }
}
