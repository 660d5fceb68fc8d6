// The last quarter of an hour of this member. A chart is a picture for the eye; the sentence above it says the same in words.

import { byId, fill, make, text } from './dom.js';
import { duration, figure, known, short, time } from './words.js';

const HEIGHT = 180;

/** Seconds that are shown at least: a line begins at the right and grows to the left. */
const LEAST_SPAN = 180;

/** Seconds up to which the labels of the times have seconds. */
const SHORT_SPAN = 420;

const ratio = (of, above, below, by = 1) => of[above].map((value, at) => (of[below][at] > 0 ? (value / of[below][at]) * by : null));

const rate = (of, span) => of.count.map((value) => (value * 1000) / span);

const millis = (of) => ratio(of, 'nanos', 'count', 1e-6);

const longest = (of) => of.longestNanos.map((value, at) => (of.count[at] > 0 ? value * 1e-6 : null));

/** The two lines of each chart, with what each is of. */
const CHARTS = {
  throughput: { lines: (of) => [rate(of.commands, of.spanMillis), rate(of.queries, of.spanMillis)], names: ['commands', 'queries'], show: (value) => `${figure(value)} /s` },
  latency: { lines: (of) => [millis(of.commands), longest(of.commands)], names: ['commands on average', 'slowest command'], show: (value) => short(value * 1e6) },
  force: { lines: (of) => [millis(of.forces), longest(of.forces)], names: ['on average', 'longest'], show: (value) => short(value * 1e6) },
  batch: { lines: (of) => [ratio(of.forces, 'parts', 'count'), ratio(of.commits, 'parts', 'count')], names: ['entries forced at once', 'entries committed at once'], show: figure },
};

const drawn = new Map();

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function hours(_, splits) {
  const parts = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const near = splits.at(-1) - splits[0] < SHORT_SPAN;
  return splits.map((at) => new Date(at * 1000).toLocaleTimeString([], near ? { ...parts, second: '2-digit' } : parts));
}

function options(chart, width) {
  const quiet = color('--quiet');
  const axis = { size: 34, stroke: quiet, grid: { stroke: color('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true, range: (_, low, high) => [Math.min(low, high - LEAST_SPAN), high] }, y: { range: (_, low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    axes: [
      { ...axis, space: 70, values: hours },
      { ...axis, size: 72, space: 36, values: (_, splits) => splits.map((value) => (value === 0 ? '0' : chart.show(value))) },
    ],
    series: [
      {},
      { stroke: color('--accent'), width: 1.75, points: { show: false } },
      { stroke: quiet, width: 1.25, dash: [5, 4], points: { show: false } },
    ],
  };
}

function summary(chart, lines) {
  return chart.names.map((name, at) => {
    const values = lines[at].filter(known);
    const last = lines[at].at(-1);
    const words = values.length === 0 ? 'none yet' : `${known(last) ? chart.show(last) : 'none'} now, at most ${chart.show(Math.max(...values))}`;
    return make('span', {}, make('span', { class: at === 0 ? 'key' : 'key second', 'aria-hidden': 'true' }), `${name}: ${words}. `);
  });
}

/** @param now when the history came, in milliseconds since 1970 */
export function draw(history, now) {
  text(
    byId('work-note'),
    known(history.ageMillis)
      ? `The charts show what this member did in the last 15 minutes, in steps of ${duration(history.spanMillis)}; the newest ended at ${time(now - history.ageMillis)}. Nothing is kept from before its process began.`
      : 'The first five seconds of this member are not over yet: the charts begin then.',
  );
  if (!known(history.ageMillis)) {
    return;
  }
  const count = history.notDone.length;
  const times = Array.from({ length: count }, (_, at) => (now - history.ageMillis - (count - 1 - at) * history.spanMillis) / 1000);
  for (const [id, chart] of Object.entries(CHARTS)) {
    const lines = chart.lines(history);
    const place = byId(id);
    fill(byId(`${id}-text`), summary(chart, lines));
    const data = [times, ...lines];
    const present = drawn.get(id);
    if (present) {
      present.setData(data);
    } else {
      drawn.set(id, new uPlot(options(chart, place.clientWidth), data, place));
    }
  }
}

/** Draws anew at the next occasion, in the colours that hold then. */
function forget() {
  drawn.forEach((chart) => chart.destroy());
  drawn.clear();
}

export function redrawOnChange(redraw) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    forget();
    redraw();
  });
  addEventListener('resize', () => drawn.forEach((chart, id) => chart.setSize({ width: byId(id).clientWidth, height: HEIGHT })));
}
