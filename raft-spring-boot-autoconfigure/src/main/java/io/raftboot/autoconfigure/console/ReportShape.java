package io.raftboot.autoconfigure.console;

import io.raftboot.api.report.MemberReport;
import io.raftboot.api.report.PeerReport;
import io.raftboot.api.report.WorkSample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reports in the words of JSON. Absent values are null, and not left out. */
final class ReportShape {
    private ReportShape() {}

    /** The member that is asked, whose report is of now. */
    static Map<String, @Nullable Object> own(MemberReport report) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("answer", "own");
        shape.put("ageMillis", 0);
        shape.put("silentMillis", null);
        shape.put("why", null);
        shape.put("report", report(report));
        return shape;
    }

    static Map<String, @Nullable Object> other(PeerReport peer) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("answer", word(peer.answer()));
        shape.put("ageMillis", peer.ageMillis());
        shape.put("silentMillis", peer.silentMillis());
        shape.put("why", peer.why());
        shape.put("report", peer.report() == null ? null : report(peer.report()));
        return shape;
    }

    /** A member of which no answer was waited for. */
    static Map<String, @Nullable Object> notAsked() {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("answer", "not-asked");
        shape.put("ageMillis", null);
        shape.put("silentMillis", null);
        shape.put("why", "this member does not ask it");
        shape.put("report", null);
        return shape;
    }

    private static Map<String, @Nullable Object> report(MemberReport report) {
        var run = report.run();
        var standing = report.standing();
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("state", run.state());
        shape.put("incarnation", run.incarnation() == 0 ? null : Long.toHexString(run.incarnation()));
        shape.put("runs", run.runs());
        shape.put("upMillis", run.upMillis());
        shape.put("role", standing.role());
        shape.put("term", standing.term());
        shape.put("leader", standing.leader());
        shape.put("commitIndex", standing.commitIndex());
        shape.put("appliedIndex", standing.appliedIndex());
        shape.put("trouble", standing.trouble());
        shape.put("oddities", report.oddities());
        shape.put("stale", standing.stale());
        shape.put("log", log(report.log()));
        shape.put("snapshot", snapshot(report.snapshot()));
        shape.put("disk", disk(report.disk()));
        var work = report.work();
        shape.put("workKept", work.kept());
        shape.put("work", work.newest() == null ? null : work(work.newest()));
        shape.put("links", report.links().stream().map(ReportShape::link).toList());
        return shape;
    }

    private static Map<String, Object> log(MemberReport.Log log) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("firstIndex", log.firstIndex());
        shape.put("lastIndex", log.lastIndex());
        shape.put("sizeBytes", log.sizeBytes());
        shape.put("segments", log.segments());
        return shape;
    }

    private static Map<String, @Nullable Object> snapshot(MemberReport.Snapshot snapshot) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("index", snapshot.index());
        shape.put("sizeBytes", snapshot.sizeBytes());
        shape.put("ageMillis", snapshot.ageMillis());
        shape.put("failure", snapshot.failure());
        return shape;
    }

    private static Map<String, @Nullable Object> disk(MemberReport.Disk disk) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("usableBytes", disk.usableBytes());
        shape.put("low", disk.low());
        shape.put("hanging", disk.hanging());
        return shape;
    }

    private static Map<String, @Nullable Object> link(MemberReport.Link link) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("to", link.to());
        shape.put("way", word(link.way()));
        shape.put("roundTripNanos", link.roundTripNanos());
        shape.put("ageMillis", link.ageMillis());
        shape.put("silentMillis", link.silentMillis());
        shape.put("why", link.why());
        return shape;
    }

    /**
     * Samples one beside the other, as figures alone: they are many, and sent again and again.
     *
     * @param samples without gaps, the oldest first
     */
    static Map<String, @Nullable Object> history(List<WorkSample> samples) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        var newest = samples.isEmpty() ? null : samples.get(samples.size() - 1);
        shape.put("ageMillis", newest == null ? null : newest.ageMillis());
        shape.put("spanMillis", newest == null ? null : newest.spanMillis());
        shape.put("commands", columns(samples, WorkSample::commands));
        shape.put("queries", columns(samples, WorkSample::queries));
        shape.put("forces", columns(samples, WorkSample::forces));
        shape.put("commits", columns(samples, WorkSample::commits));
        shape.put("notDone", samples.stream().map(WorkSample::notDone).toList());
        return shape;
    }

    private static Map<String, Object> columns(List<WorkSample> samples, Function<WorkSample, WorkSample.Figure> kind) {
        var figures = samples.stream().map(kind).toList();
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("count", figures.stream().map(WorkSample.Figure::count).toList());
        shape.put("parts", figures.stream().map(WorkSample.Figure::parts).toList());
        shape.put("nanos", figures.stream().map(WorkSample.Figure::nanos).toList());
        shape.put(
                "longestNanos",
                figures.stream().map(WorkSample.Figure::longestNanos).toList());
        return shape;
    }

    private static Map<String, Object> work(WorkSample work) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("ageMillis", work.ageMillis());
        shape.put("spanMillis", work.spanMillis());
        shape.put("commands", figure(work.commands()));
        shape.put("queries", figure(work.queries()));
        shape.put("forces", figure(work.forces()));
        shape.put("commits", figure(work.commits()));
        shape.put("notDone", work.notDone());
        return shape;
    }

    private static Map<String, Object> figure(WorkSample.Figure figure) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("count", figure.count());
        shape.put("parts", figure.parts());
        shape.put("nanos", figure.nanos());
        shape.put("longestNanos", figure.longestNanos());
        return shape;
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
