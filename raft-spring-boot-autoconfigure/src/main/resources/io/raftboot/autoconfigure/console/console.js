// Asks the member again and again, says how old the answer is, and says so when there is none.

import { draw, follow } from './charts.js';
import { byId, text } from './dom.js';
import { duration, time } from './words.js';
import { show } from './views.js';

const PAUSE_MILLIS = 2000;
const PATIENCE_MILLIS = 7000;

// As seen from this file, so that it is right below any path at which the page is.
const DATA = new URL('data', import.meta.url);

let data = null;
let cameAt = 0;
let failure = null;
let failedSince = 0;
let asking = false;
let next = 0;

async function ask() {
  const response = await fetch(DATA, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MILLIS) });
  const type = response.headers.get('Content-Type') || '';
  if (!response.ok) {
    const problem = type.includes('json') ? (await response.json()).detail : await response.text();
    throw new Error(`it answers ${response.status}${problem ? `: ${problem}` : ''}`);
  }
  if (!type.includes('json')) {
    throw new Error('what answers is something else than the member; you may have to log in again');
  }
  return response.json();
}

function reason(error) {
  return error.name === 'TimeoutError' ? `no answer within ${PATIENCE_MILLIS / 1000} s` : error instanceof TypeError ? 'it can’t be reached' : error.message;
}

async function round() {
  if (asking || document.hidden) {
    return;
  }
  asking = true;
  clearTimeout(next);
  try {
    data = await ask();
    cameAt = Date.now();
    failure = null;
    document.title = `${data.verdict.level === 'healthy' ? '' : '! '}${data.cluster} – Raft console`;
    draw(data.history, cameAt);
  } catch (error) {
    failedSince = failure === null ? Date.now() : failedSince;
    failure = reason(error);
  } finally {
    asking = false;
    next = setTimeout(round, PAUSE_MILLIS);
    render();
  }
}

function render() {
  const elapsed = Date.now() - cameAt;
  if (data !== null) {
    text(byId('where'), `${data.cluster} / ${data.group}, asked of member ${data.self}`);
    show(data, elapsed, failure === null ? null : time(cameAt));
  }
  text(
    byId('age'),
    data === null ? (failure === null ? 'Asking this member…' : 'Nothing is known yet') : elapsed < 1000 ? 'As of now' : `As of ${duration(elapsed)} ago`,
  );
  const trouble = byId('trouble');
  trouble.hidden = failure === null;
  // Without a figure that grows: it is read aloud whenever it changes.
  text(
    trouble,
    failure === null
      ? ''
      : `This member does not answer since ${time(failedSince)}: ${failure}. ${data === null ? '' : `All below is as of ${time(cameAt)}, and may not be so any more. `}It is asked again.`,
  );
}

follow(() => data !== null && draw(data.history, cameAt));
document.addEventListener('visibilitychange', round);
setInterval(render, 1000);
round();
