package io.raftboot.replica.report;

import io.raftboot.api.report.MemberReport;
import io.raftboot.api.report.MemberReport.Way;
import io.raftboot.api.report.WorkSample;
import io.raftboot.replica.proto.LinkWay;
import io.raftboot.replica.proto.ReportedDisk;
import io.raftboot.replica.proto.ReportedFigure;
import io.raftboot.replica.proto.ReportedLink;
import io.raftboot.replica.proto.ReportedLog;
import io.raftboot.replica.proto.ReportedWork;
import org.jspecify.annotations.Nullable;

/** Reports as members send them to each other. What a newer version adds is passed over. */
final class ReportFormat {
    private ReportFormat() {}

    static io.raftboot.replica.proto.MemberReport write(MemberReport report) {
        var run = report.run();
        var standing = report.standing();
        var written = io.raftboot.replica.proto.MemberReport.newBuilder()
                .setId(run.id())
                .setState(run.state())
                .setIncarnation(run.incarnation())
                .setRuns(run.runs())
                .setUpMillis(run.upMillis())
                .setRole(standing.role())
                .setTerm(standing.term())
                .setLeader(standing.leader() == null ? 0 : standing.leader())
                .setCommitIndex(standing.commitIndex())
                .setAppliedIndex(standing.appliedIndex())
                .setTrouble(text(standing.trouble()))
                .setStale(standing.stale())
                .addAllOddities(report.oddities())
                .setLog(log(report.log(), report.snapshot()))
                .setDisk(disk(report.disk()));
        written.setKeepsWork(report.work().kept());
        var work = report.work().newest();
        if (work != null) {
            written.setWork(work(work));
        }
        report.links().forEach(link -> written.addLinks(link(link)));
        return written.build();
    }

    private static ReportedLog log(MemberReport.Log log, MemberReport.Snapshot snapshot) {
        var written = ReportedLog.newBuilder()
                .setFirstIndex(log.firstIndex())
                .setLastIndex(log.lastIndex())
                .setSizeBytes(log.sizeBytes())
                .setSegments(log.segments())
                .setSnapshotIndex(snapshot.index())
                .setSnapshotSizeBytes(snapshot.sizeBytes())
                .setSnapshotFailure(text(snapshot.failure()));
        if (snapshot.ageMillis() != null) {
            written.setSnapshotAgeMillis(snapshot.ageMillis());
        }
        return written.build();
    }

    private static ReportedDisk disk(MemberReport.Disk disk) {
        var written = ReportedDisk.newBuilder().setLow(disk.low()).setHanging(disk.hanging());
        if (disk.usableBytes() != null) {
            written.setUsableBytes(disk.usableBytes());
        }
        return written.build();
    }

    private static ReportedWork work(WorkSample work) {
        return ReportedWork.newBuilder()
                .setAgeMillis(work.ageMillis())
                .setSpanMillis(work.spanMillis())
                .setCommands(figure(work.commands()))
                .setQueries(figure(work.queries()))
                .setForces(figure(work.forces()))
                .setCommits(figure(work.commits()))
                .setNotDone(work.notDone())
                .build();
    }

    private static ReportedFigure figure(WorkSample.Figure figure) {
        return ReportedFigure.newBuilder()
                .setCount(figure.count())
                .setParts(figure.parts())
                .setNanos(figure.nanos())
                .setLongestNanos(figure.longestNanos())
                .build();
    }

    private static ReportedLink link(MemberReport.Link link) {
        var written = ReportedLink.newBuilder()
                .setTo(link.to())
                .setWay(way(link.way()))
                .setWhy(text(link.why()));
        if (link.roundTripNanos() != null) {
            written.setRoundTripNanos(link.roundTripNanos());
        }
        if (link.ageMillis() != null) {
            written.setAgeMillis(link.ageMillis());
        }
        if (link.silentMillis() != null) {
            written.setSilentMillis(link.silentMillis());
        }
        return written.build();
    }

    private static LinkWay way(Way way) {
        return switch (way) {
            case UNKNOWN -> LinkWay.LINK_UNKNOWN;
            case DIALLED -> LinkWay.LINK_DIALLED;
            case ACCEPTED_ONLY -> LinkWay.LINK_ACCEPTED_ONLY;
            case NONE -> LinkWay.LINK_NONE;
        };
    }

    static MemberReport read(io.raftboot.replica.proto.MemberReport written) {
        var log = written.getLog();
        var disk = written.getDisk();
        return new MemberReport(
                new MemberReport.Run(
                        written.getId(),
                        written.getState(),
                        written.getIncarnation(),
                        written.getRuns(),
                        written.getUpMillis()),
                new MemberReport.Standing(
                        written.getRole(),
                        written.getTerm(),
                        written.getLeader() == 0 ? null : written.getLeader(),
                        written.getCommitIndex(),
                        written.getAppliedIndex(),
                        new MemberReport.Condition(
                                orNull(written.getTrouble()), written.getOdditiesList(), written.getStale())),
                new MemberReport.Log(log.getFirstIndex(), log.getLastIndex(), log.getSizeBytes(), log.getSegments()),
                new MemberReport.Snapshot(
                        log.getSnapshotIndex(),
                        log.getSnapshotSizeBytes(),
                        log.hasSnapshotAgeMillis() ? log.getSnapshotAgeMillis() : null,
                        orNull(log.getSnapshotFailure())),
                new MemberReport.Disk(
                        disk.hasUsableBytes() ? disk.getUsableBytes() : null, disk.getLow(), disk.getHanging()),
                new MemberReport.Work(
                        written.getKeepsWork() || written.hasWork(),
                        written.hasWork() ? work(written.getWork()) : null),
                written.getLinksList().stream().map(ReportFormat::link).toList());
    }

    private static WorkSample work(ReportedWork work) {
        return new WorkSample(
                work.getAgeMillis(),
                work.getSpanMillis(),
                figure(work.getCommands()),
                figure(work.getQueries()),
                figure(work.getForces()),
                figure(work.getCommits()),
                work.getNotDone());
    }

    private static WorkSample.Figure figure(ReportedFigure figure) {
        return new WorkSample.Figure(figure.getCount(), figure.getParts(), figure.getNanos(), figure.getLongestNanos());
    }

    private static MemberReport.Link link(ReportedLink link) {
        return new MemberReport.Link(
                link.getTo(),
                way(link.getWay()),
                link.hasRoundTripNanos() ? link.getRoundTripNanos() : null,
                link.hasAgeMillis() ? link.getAgeMillis() : null,
                link.hasSilentMillis() ? link.getSilentMillis() : null,
                orNull(link.getWhy()));
    }

    private static Way way(LinkWay way) {
        return switch (way) {
            case LINK_DIALLED -> Way.DIALLED;
            case LINK_ACCEPTED_ONLY -> Way.ACCEPTED_ONLY;
            case LINK_NONE -> Way.NONE;
            case LINK_UNKNOWN, UNRECOGNIZED -> Way.UNKNOWN;
        };
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
