// Says on a start page how the members are at the moment. Without it all else of the page is as it is.

import { byId, fill, make, row, text } from './dom.js';
import { plural } from './words.js';
import { stateOf, verdict } from './members.js';

const PAUSE_MILLIS = 2000;
const PATIENCE_MILLIS = 3000;

const three = document.body.dataset.members === 'three';

async function json(path) {
  const response = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MILLIS) });
  return response.json();
}

const link = (href, words) => make('a', { href }, words);

/** Where each member is, and how, with links to what it serves. */
function place(table, member) {
  const at = `http://${location.hostname}:${member.port}`;
  return row(
    table,
    {},
    `Member ${member.id}`,
    link(`${at}/`, `${location.hostname}:${member.port}`),
    `127.0.0.1:${7400 + member.id}`,
    stateOf(member),
    make(
      'span',
      {},
      link(`${at}/raft/console`, 'console'),
      ', ',
      link(`${at}/actuator/raft`, 'status'),
      ', ',
      link(`${at}/actuator/health`, 'health'),
      ', ',
      link(`${at}/actuator/metrics`, 'metrics'),
      ', ',
      link(`${at}/actuator/prometheus`, 'for Prometheus'),
    ),
  );
}

async function ofThree() {
  const state = await json('/playground/state');
  const now = verdict(state.members);
  say(now.text, now.level);
  const table = byId('places');
  fill(table, state.members.map((member) => place(table, member)));
}

async function ofOne() {
  const member = await json('/actuator/raft');
  const voters = member.configuration ? member.configuration.voters.length : 0;
  const leader = member.leader === null ? 'No leader is known.' : member.leader === member.node ? 'It leads.' : `Member ${member.leader} leads.`;
  say(`Member ${member.node} of a group with ${plural(voters, 'voter', 'voters')}, in term ${member.term}. ${leader}`, member.leader === null ? 'broken' : 'healthy');
}

function say(words, level) {
  const now = byId('now');
  text(now, words);
  now.dataset.level = level;
}

async function round() {
  if (!document.hidden) {
    try {
      await (three ? ofThree() : ofOne());
    } catch {
      say('How the members are could not be found out just now.', 'unknown');
    }
  }
  setTimeout(round, PAUSE_MILLIS);
}

document.querySelectorAll('.origin').forEach((place) => text(place, location.origin));
round();
