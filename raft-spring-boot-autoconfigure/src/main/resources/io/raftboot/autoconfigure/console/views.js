// Fills each view from the document that the member gives. Ages are as of the moment at which they are shown.

import { byId, cell, fill, make, row, text } from './dom.js';
import { NOTHING, ago, bytes, duration, figure, known, mean, number, plural, sentence, short } from './words.js';

/** Answers of a question to a member that are too old to be shown without a word. */
const OLD_MILLIS = 5000;

const aged = (millis, elapsed) => (known(millis) ? millis + elapsed : null);

const list = (items) => (items.length === 1 ? items[0] : make('ul', {}, items.map((item) => make('li', {}, item))));

const name = (member, data) => ['Member ', String(member.id), member.id === data.self ? make('span', { class: 'self' }, ' this one') : null];

function asOf(member, elapsed) {
  const age = aged(member.ageMillis, elapsed);
  return known(member.report) ? cell(age > OLD_MILLIS ? 'number warn' : 'number', ago(age)) : cell('number', 'never');
}

/** @param asOf when the member told this, in words, if that is not how it is now; else null */
function verdict(data, elapsed, asOf) {
  const section = byId('verdict');
  section.dataset.level = asOf === null ? data.verdict.level : 'unknown';
  text(byId('verdict-text'), asOf === null ? data.verdict.text : `As of ${asOf}: ${data.verdict.text}`);
  const advice = byId('verdict-advice');
  advice.hidden = data.verdict.advice === '';
  text(advice, data.verdict.advice);
  const tolerance = data.verdict.tolerance;
  text(
    byId('verdict-tolerance'),
    !known(tolerance)
      ? 'How many voters may fail is not known.'
      : tolerance < 0
        ? `Failure tolerance: none, ${plural(-tolerance, 'voter is', 'voters are')} missing.`
        : `Failure tolerance: ${tolerance === 0 ? 'none' : plural(tolerance, 'more voter', 'more voters')}.`,
  );
}

/** Time since the leader told how it sees the members. */
const said = (data, elapsed) => aged(data.membership.ageMillis, elapsed) ?? Infinity;

function problems(member, data, elapsed) {
  const report = member.report;
  const found = [];
  if (member.answer === 'silent') {
    const silent = aged(member.silentMillis, elapsed);
    found.push(make('span', { class: 'bad' }, `No answer to this member${known(silent) ? ` for ${duration(silent)}` : ''}: ${member.why}.`));
  } else if (member.answer === 'older') {
    found.push('It is there, and of an older version that can’t report.');
  } else if (member.answer === 'not-asked') {
    found.push(`${sentence(member.why)}`);
  }
  if (report && member.answer !== 'silent') {
    if (report.trouble) {
      found.push(make('span', { class: 'bad' }, sentence(report.trouble)));
    }
    if (report.stale) {
      found.push(make('span', { class: 'warn' }, 'Its figures are from before one of its stages hung.'));
    }
    if (report.disk.hanging) {
      found.push(make('span', { class: 'bad' }, 'Its disk does not come back from a write or a read.'));
    }
    if (report.disk.low) {
      found.push(make('span', { class: 'warn' }, `Its disk has little room: ${bytes(report.disk.usableBytes)} left.`));
    }
    if (report.snapshot.failure) {
      found.push(make('span', { class: 'warn' }, sentence(`no snapshot was made: ${report.snapshot.failure}`)));
    }
    for (const odd of report.oddities) {
      found.push(make('span', { class: 'warn' }, sentence(odd)));
    }
    for (const link of report.links) {
      if (link.way === 'accepted-only') {
        found.push(`It can’t dial member ${link.to}, and reaches it only as that has connected.`);
      }
    }
  }
  if (member.healthy === false && said(data, elapsed) <= OLD_MILLIS) {
    found.push(
      known(member.lastContactMillis)
        ? `The leader finds that it does not keep up; heard of ${ago(aged(member.lastContactMillis, elapsed))}.`
        : 'The leader has not heard of it.',
    );
  }
  return found;
}

function behind(member, leads, data, elapsed) {
  if (leads || !known(member.lagEntries)) {
    return leads ? 'it leads' : NOTHING;
  }
  const age = said(data, elapsed);
  return cell('number', plural(member.lagEntries, 'entry', 'entries'), age > OLD_MILLIS ? make('small', {}, `as the leader said ${ago(age)}`) : null);
}

function members(data, elapsed) {
  const table = byId('members-rows');
  fill(
    table,
    data.members.map((member) => {
      const report = member.report;
      const found = problems(member, data, elapsed);
      const role = report && member.answer !== 'silent' ? report.role : member.memberRole || (report ? report.role : null);
      const leads = role === 'leader' && member.answer !== 'silent';
      return row(
        table,
        { 'data-key': member.id, 'data-answer': member.answer },
        name(member, data),
        cell(leads ? 'leads' : '', role === 'leader' && !leads ? 'led last' : role || NOTHING),
        cell('number', report ? number(report.term) : NOTHING),
        cell('number', report ? number(report.appliedIndex) : NOTHING),
        behind(member, leads, data, elapsed),
        member.address || 'not known',
        cell('number', !report ? NOTHING : report.state === 'running' ? (member.answer === 'silent' ? NOTHING : duration(aged(report.upMillis, member.ageMillis + elapsed))) : report.state),
        asOf(member, elapsed),
        cell('problems', found.length === 0 ? 'None' : list(found)),
      );
    }),
  );
}

function way(from, to, elapsed) {
  if (from.id === to.id) {
    return make('td', { class: 'none' }, 'itself');
  }
  const link = from.report ? from.report.links.find((one) => one.to === to.id) : null;
  if (!link || from.answer === 'silent') {
    return make('td', { class: 'none' }, from.answer === 'silent' ? 'it does not answer' : 'not told');
  }
  const since = from.ageMillis + elapsed;
  if (known(link.silentMillis)) {
    return make('td', {}, make('span', { class: 'bad' }, 'not reached'), make('small', {}, `for ${duration(aged(link.silentMillis, since))}${link.why ? `: ${link.why}` : ''}`));
  }
  if (!known(link.roundTripNanos)) {
    return make('td', {}, link.way === 'none' ? make('span', { class: 'bad' }, 'no connection') : 'being asked', link.why ? make('small', {}, link.why) : null);
  }
  const age = aged(link.ageMillis, since);
  const notes = [age > OLD_MILLIS ? ago(age) : null, link.way === 'accepted-only' ? 'can’t be dialled' : null].filter(known);
  return make('td', {}, short(link.roundTripNanos), notes.length > 0 ? make('small', {}, notes.join(', ')) : null);
}

function ways(data, elapsed) {
  const alone = data.members.length < 2;
  byId('ways-none').hidden = !alone;
  byId('ways-scroll').hidden = alone;
  byId('ways-note').hidden = alone;
  fill(byId('ways-head'), make('tr', {}, make('th', { scope: 'col' }, 'From'), data.members.map((to) => make('th', { scope: 'col' }, `to member ${to.id}`))));
  fill(
    byId('ways-rows'),
    data.members.map((from) => make('tr', { 'data-key': from.id }, make('th', { scope: 'row' }, name(from, data)), data.members.map((to) => way(from, to, elapsed)))),
  );
}

const fact = (term, ...words) => make('div', {}, make('dt', {}, term), make('dd', {}, ...words));

const ids = (members) => (members.length === 0 ? 'none' : members.map((member) => member.id).join(', '));

function change(of) {
  return make(
    'div',
    { class: 'plan' },
    make('h3', {}, `A change is under way${of.by ? `, asked for by ${of.by}` : ''}`),
    of.message ? make('p', {}, sentence(of.message)) : null,
    make('ol', {}, of.steps.map((step) => make('li', { 'data-state': step.state }, `${step.text} – ${step.state}`))),
  );
}

function configuration(data, elapsed) {
  const group = data.membership;
  const voters = data.members.filter((member) => member.voter === true);
  const learners = data.members.filter((member) => member.voter === false);
  const age = aged(group.ageMillis, elapsed);
  const past = group.past.slice(0, 3);
  fill(
    byId('configuration-body'),
    make(
      'dl',
      { class: 'facts' },
      fact('Voters', group.members.length === 0 ? 'not known here' : ids(voters)),
      fact('Learners', group.members.length === 0 ? 'not known here' : ids(learners)),
      fact('In force since', group.members.length === 0 ? NOTHING : group.version > 0 ? `entry ${number(group.version)}` : 'the beginning'),
      fact('Being exchanged', group.joint ? 'yes: both the old voters and the new ones have to agree' : 'no'),
      fact('As the leader said', known(age) ? ago(age) : 'no leader has said it: as this member knows it'),
    ),
    group.change ? change(group.change) : make('p', { class: 'plan' }, 'No change is under way.'),
    make(
      'div',
      { class: 'plan' },
      make('h3', {}, 'Compared with raft.peers of this member'),
      !data.drift.known
        ? make('p', {}, 'The members of the group are not known here, so nothing can be compared.')
        : data.drift.drift
        ? [make('ul', {}, data.drift.text.map((line) => make('li', {}, sentence(line)))), make('p', {}, `The members of the group count. For raft.peers: ${data.drift.peersOfTheGroup}`)]
        : make('p', {}, 'Nothing differs.'),
    ),
    group.joining.length > 0
      ? make('div', { class: 'plan' }, make('h3', {}, 'Processes that want to join'), make('ul', {}, group.joining.map((one) => make('li', {}, `Member ${one.id}${one.address ? ` at ${one.address}` : ''}: ${sentence(one.message)}`))))
      : null,
    past.length > 0
      ? make(
          'div',
          { class: 'plan' },
          make('h3', {}, 'Changes that ended last'),
          make('ul', {}, past.map((one) => make('li', {}, `${one.steps.map((step) => step.text).join(', ')} – ${one.state}${one.message ? `: ${one.message}` : ''}`))),
        )
      : null,
  );
}

const perSecond = (of, span) => `${figure((of.count * 1000) / span)} /s`;

function work(data, elapsed) {
  const table = byId('work-rows');
  fill(
    table,
    data.members.map((member) => {
      const done = member.report ? member.report.work : null;
      if (!done || member.answer === 'silent') {
        const why = member.answer === 'silent' ? 'it does not answer' : !member.report ? NOTHING : member.report.workKept ? 'no figures of it yet' : 'its console is off, so it keeps no figures';
        return row(table, { 'data-key': member.id, 'data-answer': member.answer }, name(member, data), why, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING);
      }
      const span = done.spanMillis;
      return row(
        table,
        { 'data-key': member.id, 'data-answer': member.answer },
        name(member, data),
        cell('number', perSecond(done.commands, span)),
        cell('number', perSecond(done.queries, span)),
        cell(done.notDone > 0 ? 'number warn' : 'number', `${figure((done.notDone * 1000) / span)} /s`),
        cell('number', done.forces.count > 0 ? [short(mean(done.forces)), make('small', {}, `longest ${short(done.forces.longestNanos)}`)] : 'none'),
        cell('number', done.forces.count > 0 ? plural(done.forces.parts / done.forces.count, 'entry', 'entries') : 'none'),
        cell('number', done.commits.count > 0 ? short(mean(done.commits)) : member.report.role === 'leader' ? 'none' : 'only leaders'),
        cell('number', ago(aged(done.ageMillis, member.ageMillis + elapsed))),
      );
    }),
  );
}

function disk(of) {
  if (of.hanging) {
    return cell('bad', 'hangs');
  }
  const free = known(of.usableBytes) ? bytes(of.usableBytes) : 'not known';
  return of.low ? cell('warn', `${free}, which is little`) : cell('number', free);
}

function storage(data, elapsed) {
  const table = byId('storage-rows');
  fill(
    table,
    data.members.map((member) => {
      const report = member.report;
      if (!report) {
        return row(table, { 'data-key': member.id, 'data-answer': member.answer }, name(member, data), NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, asOf(member, elapsed));
      }
      const { log, snapshot } = report;
      const age = aged(snapshot.ageMillis, member.ageMillis + elapsed);
      return row(
        table,
        { 'data-key': member.id, 'data-answer': member.answer },
        name(member, data),
        cell('number', number(log.firstIndex)),
        cell('number', number(log.lastIndex)),
        cell('number', bytes(log.sizeBytes), log.segments > 0 ? make('small', {}, `in ${plural(log.segments, 'file', 'files')}`) : null),
        snapshot.index === 0
          ? 'none yet'
          : cell('number', `at entry ${number(snapshot.index)}`, make('small', {}, known(age) ? ago(age) : 'not made by this run')),
        cell('number', bytes(snapshot.sizeBytes)),
        disk(report.disk),
        asOf(member, elapsed),
      );
    }),
  );
}

const OUTCOMES = [
  ['commands.applied', 'Applied'],
  ['commands.failed', 'Failed'],
  ['commands.refused', 'Refused'],
  ['commands.unknown', 'Outcome unknown'],
  ['queries.answered', 'Queries answered'],
  ['queries.refused', 'Queries refused'],
  ['queries.failed', 'Queries failed'],
];

const room = (used, most, how) => {
  const full = most > 0 && used / most >= 0.8;
  const words = `${how(used)} of ${how(most)}`;
  return full ? make('span', { class: 'warn' }, `${words}, which is much`) : words;
};

function machines(data) {
  fill(
    byId('machines-body'),
    data.machines.length === 0 ? make('p', {}, 'There is no state machine in this application yet.') : null,
    make('p', { class: 'quiet note' }, 'Calls that were asked of this member since its process began, and what it keeps for commands that may be sent again.'),
    data.machines.map((machine) => {
      const kept = machine.sessions;
      return make(
        'div',
        { class: 'plan' },
        make('h3', {}, machine.name),
        make('p', {}, machine.commands.length > 0 ? `Understands: ${machine.commands.join(', ')}` : 'Does not tell its commands apart by name.'),
        make(
          'dl',
          { class: 'facts' },
          OUTCOMES.filter(([key]) => key in machine.calls || key === 'commands.applied' || key === 'queries.answered').map(([key, words]) => fact(words, number(machine.calls[key] || 0))),
          kept
            ? [
                fact('Sessions', room(kept.sessions, kept.maxSessions, number)),
                fact('Idempotency keys', room(kept.keys, kept.maxKeys, number)),
                fact('Memory of the keys', room(kept.keyBytes, kept.maxKeyBytes, bytes)),
              ]
            : null,
        ),
      );
    }),
  );
}

const KINDS = {
  command: 'a command',
  session: 'opens a session',
  members: 'what the group knows of its members',
  configuration: 'changes the configuration',
  empty: 'begins a term',
  unreadable: 'of another version',
};

function entries(data) {
  const table = byId('entries-rows');
  byId('entries-table').hidden = !data.entries || data.entries.length === 0;
  text(
    byId('entries-note'),
    data.entries === null
      ? 'This member could not tell its newest entries in time.'
      : data.entries.length === 0
        ? 'There is no entry in memory to show yet.'
        : data.payloadsShown
          ? 'What commands begin with is shown, as raft.console.show-payloads=true.'
          : 'What is in commands is not shown; raft.console.show-payloads=true shows what each begins with.',
  );
  fill(
    table,
    (data.entries || []).map((entry) =>
      row(
        table,
        { 'data-key': entry.index },
        number(entry.index),
        cell('number', number(entry.term)),
        KINDS[entry.kind] || entry.kind,
        entry.machine || NOTHING,
        entry.command || NOTHING,
        cell('number', bytes(entry.sizeBytes)),
        cell('payload', entry.payload || (data.payloadsShown ? NOTHING : 'not shown')),
      ),
    ),
  );
}

/** All views of the document, by the name of what they show: each takes the document, its age, and when it came if it is old. */
export const VIEWS = { verdict, members, ways, configuration, work, storage, machines, entries };
