// The steady load, and what an outage costs it.

import { byId, cell, fill, make, row, text } from './dom.js';
import { ago, known, number, plural } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';
const SLOTS = 120;
const HEIGHT = 40;

/** So that one refused write among many acknowledged ones is seen. */
const LEAST = 6;

const DONE = { stop: 'was stopped', kill: 'was killed', pause: 'was paused', cut: 'was cut off' };

export const millis = (value) => (value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(value < 10000 ? 2 : 1)} s`);

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}

/** Of what a slot counts, from the bottom: what went wrong first, so that many acknowledged writes do not hide it. */
const KINDS = [['unknown', 2], ['refused', 1], ['acknowledged', 0]];

/** A column for each half second: its whole height is as many writes as the rate lets be. */
function column(slot, at, most) {
  let top = HEIGHT;
  return KINDS.filter(([, of]) => slot[of] > 0).map(([kind, of]) => {
    const share = Math.min(1, slot[of] / most) * HEIGHT;
    const height = Math.min(top, kind === 'acknowledged' ? share : Math.max(share, LEAST));
    top -= height;
    return shape('rect', { class: kind, x: at + 0.1, y: top, width: 0.8, height });
  });
}

function strip(state) {
  const { load, failovers, limits } = state;
  const slots = load ? load.tally.slots : [];
  const most = load ? Math.max(1, (load.perSecond * limits.slotMillis) / 1000) : 1;
  const columns = slots.flatMap((slot, at) => column(slot, at, most));
  const newest = load ? load.tally.slotAgeMillis : 0;
  const marks = failovers
    .map((one) => SLOTS - 1 + (newest - one.agoMillis) / limits.slotMillis)
    .filter((x) => load && x > 0)
    .map((x) => shape('line', { x1: x, x2: x, y1: 0, y2: HEIGHT }));
  byId('strip').replaceChildren(...columns, ...marks);
}

function summary(load) {
  const { acknowledged, refused, unknown, newestFailure } = load.tally;
  const begun = load.running ? `${plural(load.perSecond, 'write', 'writes')} a second, ${load.through === 0 ? 'through any member that answers' : `through member ${load.through}`}` : `The load has ended: ${load.endedBecause}`;
  const failure = newestFailure ? ` The newest that was not acknowledged, through member ${newestFailure.through}, ${newestFailure.outcome === 'unknown' ? 'has an unknown outcome' : 'was refused'}: ${newestFailure.detail}.` : '';
  return `${begun}. ${number(acknowledged)} acknowledged, ${number(refused)} refused (certainly not done), ${number(unknown)} of unknown outcome (perhaps done).${failure}`;
}

function leaderCell(one) {
  if (!one.led) {
    return cell('quiet', 'it did not lead: no other was needed');
  }
  return known(one.leader)
    ? cell('number', make('span', { class: 'strong' }, millis(one.leader.afterMillis)), make('small', {}, `member ${one.leader.id}, term ${one.leader.term}`))
    : cell('bad', 'there is none yet');
}

function gapCell(one) {
  if (!known(one.gapMillis)) {
    return cell('quiet', 'not known: no steady load ran all the while');
  }
  return one.over
    ? cell('number', make('span', { class: 'strong' }, millis(one.gapMillis)))
    : cell('number', `${millis(one.gapMillis)} so far`, make('small', {}, 'writes do not go on as before yet'));
}

export function showLoad(state) {
  const { load, failovers, limits } = state;
  const running = load !== null && load.running;
  const button = byId('load-button');
  text(button, running ? 'Stop the load' : 'Start the load');
  button.dataset.running = running;
  text(byId('load-patience'), String(limits.patienceSeconds));
  text(byId('load-most'), String(limits.mostPerSecond));
  text(byId('load-text'), load ? summary(load) : 'No load has run yet.');
  strip(state);
  byId('failover-none').hidden = failovers.length > 0;
  byId('failover-table').hidden = failovers.length === 0;
  const table = byId('failover-rows');
  fill(
    table,
    failovers.map((one) =>
      row(table, {}, `Member ${one.member}${one.led ? ', which led,' : ''} ${DONE[one.action]}`, ago(one.agoMillis), leaderCell(one), gapCell(one)),
    ),
  );
}
