// Shows what the member tells, says how old it is, and says so when the member tells nothing.

import { offer } from './actions.js';
import { draw, redrawOnChange } from './charts.js';
import { byId, text } from './dom.js';
import { listen } from './feed.js';
import { happened } from './timeline.js';
import { VIEWS } from './views.js';
import { duration, time } from './words.js';

/** What was told longer ago is not shown as what is. */
const OLD_MILLIS = 5000;

let data = null;
let cameAt = 0;
let cameAtTime = 0;
let history = null;
let historyAtTime = 0;
let failure = null;
let failedSince = 0;

/** What is wrong with this page itself, by the view that could not be shown. */
const faults = new Map();

/** One view that fails leaves the others as they should be. */
function attempt(name, work) {
  try {
    work();
    faults.delete(name);
  } catch (error) {
    console.error(error);
    faults.set(name, error.message);
  }
}

function render() {
  const elapsed = performance.now() - cameAt;
  if (data !== null) {
    const level = failure === null && elapsed <= OLD_MILLIS ? data.verdict.level : 'unknown';
    document.title = `${level === 'healthy' ? '' : level === 'unknown' ? '? ' : '! '}${data.cluster} – Raft console`;
    text(byId('where'), `${data.cluster} / ${data.group}, asked of member ${data.self}`);
    const asOf = level === 'unknown' ? time(cameAtTime) : null;
    for (const [name, view] of Object.entries(VIEWS)) {
      attempt(name, () => view(data, elapsed, asOf));
    }
    attempt('actions', () => offer(data));
  }
  text(
    byId('age'),
    data === null ? (failure === null ? 'Asking this member…' : 'Nothing is known yet') : elapsed < OLD_MILLIS / 2 ? 'As of now' : `As of ${duration(elapsed)} ago`,
  );
  trouble();
}

function trouble() {
  const words = [];
  if (failure !== null) {
    // Without a figure that grows: it is read aloud whenever it changes.
    words.push(`Nothing new comes from this member since ${time(failedSince)}: ${failure}. ${data === null ? '' : `All below is as of ${time(cameAtTime)}, and may not be so any more. `}It is asked again.`);
  }
  if (faults.size > 0) {
    words.push(`This page could not show all it was told (${[...faults].map(([name, why]) => `${name}: ${why}`).join('; ')}); load it again.`);
  }
  byId('trouble').hidden = words.length === 0;
  text(byId('trouble'), words.join(' '));
}

const drawHistory = () => attempt('charts', () => history !== null && draw(history, historyAtTime));

listen({
  present(document_) {
    data = document_;
    cameAt = performance.now();
    cameAtTime = Date.now();
    failure = null;
    render();
  },
  history(figures) {
    history = figures;
    historyAtTime = Date.now();
    drawHistory();
  },
  happened(events) {
    attempt('events', () => happened(events));
  },
  failed(why) {
    failedSince = failure === null ? Date.now() : failedSince;
    failure = why;
    render();
  },
});
redrawOnChange(drawHistory);
setInterval(render, 1000);
