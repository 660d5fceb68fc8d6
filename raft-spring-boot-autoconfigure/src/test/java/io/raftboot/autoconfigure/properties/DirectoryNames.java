package io.raftboot.autoconfigure.properties;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;

/** Run in a process of another locale: says what is refused of the name of a directory. */
final class DirectoryNames {
    private DirectoryNames() {}

    public static void main(String[] arguments) {
        var name = arguments[0].replace("U00FC", "\u00fc");
        try {
            DirectoryCheck.check(name);
            System.out.println("taken");
        } catch (InvalidRaftPropertyException e) {
            System.out.println(e.property() + " " + e.getMessage() + " " + e.action());
        }
    }
}
