// What has happened to this member, the newest first: the last thousand events, by kind and by how much they matter.

import { byId, cell, fill, row, text } from './dom.js';
import { everything } from './feed.js';
import { NOTHING, known, number, plural, sentence } from './words.js';

const KINDS = {
  life: 'Start and stop',
  election: 'Election',
  leader: 'Leader',
  'hand-over': 'Hand-over',
  members: 'Members',
  snapshot: 'Snapshot',
  refusal: 'Refusal',
  connection: 'Connection',
  disk: 'Disk',
  pause: 'Pause',
  service: 'Service',
  failure: 'Failure',
  divergence: 'Divergence',
};

const WEIGHT = { info: 0, warning: 1, error: 2 };

const when = new Intl.DateTimeFormat([], { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' });

let run = null;
let oldestKept = 0;
let events = [];

/**
 * Takes some in: all there are, or those that are new with a word of which others are kept. One that happens again takes the place of the one
 * before, under a number of its own.
 */
export function happened(told) {
  if (told.run !== run || told.kept === undefined) {
    run = told.run;
    events = told.events;
  } else {
    const kept = new Set(told.kept);
    const fresh = new Set(told.events.map((event) => event.sequence));
    events = [...events.filter((event) => !fresh.has(event.sequence) && (event.sequence < told.keptFrom ? event.sequence >= told.oldest : kept.has(event.sequence))), ...told.events];
  }
  oldestKept = told.oldest;
  show();
}

function show() {
  const kind = byId('events-kind').value;
  const weight = Number(byId('events-weight').value);
  const shown = events.filter((event) => (kind === '' || event.type === kind) && WEIGHT[event.severity] >= weight);
  const more = oldestKept > 0 && events.length > 0 && events[0].sequence > oldestKept;
  byId('events-all').hidden = !more;
  byId('events-table').hidden = shown.length === 0;
  text(
    byId('events-note'),
    events.length === 0
      ? 'Nothing has happened to this member since its process began.'
      : `${shown.length === events.length ? plural(shown.length, 'event', 'events') : `${number(shown.length)} of ${plural(events.length, 'event', 'events')}`} of this member${more ? '; older ones are kept and not shown' : ''}. Times are by the clock of the member.`,
  );
  const table = byId('events-rows');
  fill(
    table,
    shown.reverse().map((event) =>
      row(
        table,
        { 'data-key': event.sequence, 'data-severity': event.severity },
        when.format(new Date(event.at)),
        KINDS[event.type] || event.type,
        cell(event.severity === 'error' ? 'bad' : event.severity === 'warning' ? 'warn' : '', event.severity),
        cell('words', sentence(event.text)),
        known(event.node) && event.node !== 0 ? `Member ${event.node}` : NOTHING,
      ),
    ),
  );
}

for (const [word, name] of Object.entries(KINDS)) {
  byId('events-kind').append(new Option(name, word));
}
byId('events-kind').addEventListener('change', show);
byId('events-weight').addEventListener('change', show);
byId('events-all').addEventListener('click', async () => {
  try {
    happened(await everything());
    byId('events-kind').focus();
  } catch (error) {
    text(byId('events-note'), `The older events could not be had: ${error.message}.`);
  }
});
