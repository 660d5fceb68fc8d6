package io.raftboot.autoconfigure.admin;

import io.raftboot.autoconfigure.http.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The fields of an object that a caller wrote. What is not as it has to be is a {@link BadRequestException} that says what was written,
 * where, and what to write instead.
 */
final class Fields {
    private static final int LONGEST_SHOWN = 60;

    private final JsonNode object;

    /** Where the object stands in the body; empty for the body itself. */
    private final String place;

    private Fields(JsonNode object, String place) {
        this.object = object;
        this.place = place;
    }

    /**
     * The fields of a body; none of one that is empty.
     *
     * @param example of what could be written
     * @param ignored names of fields that may be there and say nothing
     * @param known names of those that do
     */
    static Fields of(AdminRequest.Content content, String example, Set<String> ignored, String... known) {
        if (content.isEmpty()) {
            return new Fields(Json.read(new byte[] {'{', '}'}), "");
        }
        JsonNode body;
        try {
            body = Json.read(content.bytes());
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw new BadRequestException("the body is no JSON: " + e.getOriginalMessage()
                    + (at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")")
                    + "; write, for example, " + example);
        }
        if (!body.isObject()) {
            throw new BadRequestException(
                    "the body is " + shown(body) + " and no JSON object; write, for example, " + example);
        }
        return new Fields(body, "").knownAre(ignored, known);
    }

    private Fields knownAre(Set<String> ignored, String... known) {
        List<String> told = List.of(known);
        for (String name : object.propertyNames()) {
            if (!ignored.contains(name) && !told.contains(name)) {
                throw new BadRequestException("there is no field '" + name + "' in "
                        + (place.isEmpty() ? "the body" : place) + "; "
                        + (told.isEmpty()
                                ? "write nothing there"
                                : "those that there are: " + String.join(", ", told)));
            }
        }
        return this;
    }

    boolean has(String name) {
        return !object.path(name).isMissingNode() && !object.path(name).isNull();
    }

    long id(String name) {
        if (!has(name)) {
            throw missing(name, "the id of a member, a whole number from 1 upwards");
        }
        return number(name, "the id of a member, a whole number from 1 upwards", 1);
    }

    @Nullable
    Long idOrNull(String name) {
        return has(name) ? (Long) id(name) : null;
    }

    /** The configuration that the caller has seen; null if it does not say. */
    @Nullable
    Long version() {
        return has("version")
                ? (Long) number("version", "the version that GET members said, a whole number, or leave it out", 0)
                : null;
    }

    private long number(String name, String instead, long least) {
        JsonNode value = object.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < least) {
            throw wrong(at(name), value, instead);
        }
        return value.longValue();
    }

    String address(String name, long id) {
        if (!has(name)) {
            throw missing(name, "where the others reach node " + id + ", for example \"node" + id + ":7400\"");
        }
        return Addresses.checked(at(name), text(name), id);
    }

    @Nullable
    String addressOrNull(String name, long id) {
        return has(name) ? address(name, id) : null;
    }

    /** Whether nothing stands between the quotation marks. */
    boolean isEmptyText(String name) {
        JsonNode value = object.path(name);
        return value.isString() && value.stringValue().isEmpty();
    }

    private String text(String name) {
        JsonNode value = object.path(name);
        if (!value.isString()) {
            throw wrong(at(name), value, "a text in quotation marks");
        }
        return value.stringValue();
    }

    boolean flag(String name, boolean otherwise) {
        JsonNode value = object.path(name);
        if (!has(name)) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw wrong(at(name), value, "true or false");
        }
        return value.booleanValue();
    }

    /** One of several words, or null if it is not there. */
    @Nullable
    String word(String name, List<String> words) {
        if (!has(name)) {
            return null;
        }
        JsonNode value = object.path(name);
        if (!value.isString() || !words.contains(value.stringValue())) {
            throw wrong(at(name), value, "\"" + String.join("\" or \"", words) + "\"");
        }
        return value.stringValue();
    }

    /** Ids, at least one. */
    List<Long> ids(String name) {
        var ids = new ArrayList<Long>();
        int i = 0;
        for (JsonNode element :
                array(name, "the ids of members, for example [3]").values()) {
            String where = at(name) + "[" + i++ + "]";
            if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 1) {
                throw wrong(where, element, "the id of a member, a whole number from 1 upwards");
            }
            ids.add(element.longValue());
        }
        return ids;
    }

    /**
     * Objects, at least one.
     *
     * @param example of one of them
     * @param ignored names of fields that may be there and say nothing
     * @param known names of those that do
     */
    List<Fields> objects(String name, String example, Set<String> ignored, String... known) {
        var fields = new ArrayList<Fields>();
        int i = 0;
        for (JsonNode element :
                array(name, "members, for example [" + example + "]").values()) {
            String where = at(name) + "[" + i++ + "]";
            if (!element.isObject()) {
                throw wrong(where, element, "a member, for example " + example);
            }
            fields.add(new Fields(element, where).knownAre(ignored, known));
        }
        return fields;
    }

    private JsonNode array(String name, String instead) {
        JsonNode value = object.path(name);
        if (!has(name)) {
            throw missing(name, instead);
        }
        if (!value.isArray() || value.isEmpty()) {
            throw wrong(at(name), value, instead);
        }
        return value;
    }

    String at(String name) {
        return place.isEmpty() ? name : place + "." + name;
    }

    private BadRequestException missing(String name, String instead) {
        return new BadRequestException(at(name) + " is missing; write " + instead);
    }

    private static BadRequestException wrong(String where, JsonNode value, String instead) {
        return new BadRequestException(where + " is " + shown(value) + "; write " + instead);
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
    }
}
