// Asks the demo again and again how all is, shows it, and sends what is asked for.

import { byId, text } from './dom.js';
import { time } from './words.js';
import { leaderOf, showMembers, stateOf } from './members.js';
import { showLoad } from './steady.js';
import { listen, send, showValues } from './calls.js';

const PAUSE_MILLIS = 500;
const PATIENCE_MILLIS = 3000;

/** A member that starts or ends takes its port over from the demo, or gives it back: one question may get lost. */
const PATIENT_QUESTIONS = 4;

const WORDS = { running: 'runs', paused: 'is paused', stopped: 'is stopped', killed: 'was killed', starting: 'is starting', stopping: 'is ending' };

let failures = 0;
let cameAt = 0;
let before = null;

/** What has changed for whoever listens rather than looks: states and leaders, and no figures. */
function news(state) {
  const leader = leaderOf(state.members);
  const now = {
    leader: leader ? leader.id : before ? before.leader : null,
    states: state.members.map((member) => [member.id, stateOf(member), `Member ${member.id} ${WORDS[member.state]}${member.cut ? ' and cut off' : ''}.`]),
    over: state.failovers.filter((one) => one.over).length,
  };
  if (before !== null) {
    const sentences = now.states.filter(([, words], at) => before.states[at][1] !== words).map(([, , sentence]) => sentence);
    if (now.leader !== before.leader) {
      sentences.push(`Member ${now.leader} leads.`);
    }
    if (now.over > before.over) {
      sentences.push('Writes go on as before.');
    }
    if (sentences.length > 0) {
      text(byId('news'), sentences.join(' '));
    }
  }
  before = now;
}

function render(state) {
  showMembers(state.members, act);
  showLoad(state);
  showValues(state);
  news(state);
  document.title = `${byId('verdict').dataset.level === 'healthy' ? '' : '! '}Raft playground`;
}

async function ask() {
  const response = await fetch('/playground/state', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MILLIS) });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.detail || `it answers ${response.status}`);
  }
  return answer;
}

async function round() {
  try {
    render(await ask());
    failures = 0;
    cameAt = Date.now();
  } catch (error) {
    failures++;
    console.debug(error);
  }
  const lost = failures >= PATIENT_QUESTIONS;
  const trouble = byId('trouble');
  trouble.hidden = !lost;
  // Without a figure that grows: it is read aloud whenever it changes.
  text(trouble, lost ? `The demo does not answer at ${location.host}${cameAt ? `; all below is as of ${time(cameAt)}` : ''}. It is asked again.` : '');
  text(byId('age'), cameAt === 0 ? 'Asking the demo…' : lost ? `As of ${time(cameAt)}` : 'As of now');
  setTimeout(round, PAUSE_MILLIS);
}

/** Sends, and says beside the buttons what is wrong, if something is. */
async function tell(place, method, path, body) {
  const refusal = byId(place);
  try {
    await send(method, path, body);
    refusal.hidden = true;
    text(refusal, '');
  } catch (error) {
    refusal.hidden = false;
    text(refusal, error instanceof TypeError ? 'The demo did not answer; whether it has done it is seen below in a moment.' : `Not done: ${error.message}.`);
  }
}

function act(id, action) {
  return tell('refusal', 'POST', `members/${id}/${action}`, {});
}

byId('load-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  if (byId('load-button').dataset.running === 'true') {
    tell('load-refusal', 'DELETE', 'load');
  } else {
    const { kind, perSecond, through } = Object.fromEntries(new FormData(form));
    tell('load-refusal', 'POST', 'load', { kind, perSecond: Number(perSecond), through: Number(through) });
  }
});

listen();
round();
