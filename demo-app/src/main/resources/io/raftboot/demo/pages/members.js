// The members, what each says of itself, and what can be done with it.

import { byId, fill, make, text } from './dom.js';
import { ago, duration, known, number, NOTHING } from './words.js';

/** Time without an answer after which a member counts as silent, in milliseconds. */
const SILENT_MILLIS = 1500;

const DOWN = ['stopped', 'killed'];

const isDown = (member) => DOWN.includes(member.state);

const isSilent = (member) => known(member.seen.askedMillis) && member.seen.askedMillis > SILENT_MILLIS;

/** Whether what it said last is about now. */
export const isFresh = (member) => member.state === 'running' && known(member.seen.ageMillis) && !isSilent(member) && member.seen.ageMillis < SILENT_MILLIS;

export function stateOf(member) {
  return member.cut && !isDown(member) ? `${member.state}, cut off` : member.state;
}

export const leaderOf = (members) =>
  members
    .filter((member) => isFresh(member) && !member.cut && member.seen.role === 'leader')
    .sort((one, other) => other.seen.term - one.seen.term)[0];

/** The cluster in a sentence, and what to do. */
export function verdict(members) {
  const atWork = members.filter((member) => member.state === 'running' && !member.cut).length;
  const leader = leaderOf(members);
  const majority = Math.floor(members.length / 2) + 1;
  if (atWork < majority) {
    return {
      level: 'broken',
      text: `No majority: ${atWork} of ${members.length} members ${atWork === 1 ? 'is' : 'are'} at work, and ${majority} are needed`,
      advice: 'Writes are refused until another member comes back. Members that run still answer stale reads.',
    };
  }
  if (!leader) {
    return { level: 'broken', text: `No leader is known yet: ${atWork} of ${members.length} members are at work, and elect one`, advice: null };
  }
  const all = atWork === members.length;
  return {
    level: all ? 'healthy' : 'fragile',
    text: `Member ${leader.id} leads; ${all ? 'all' : atWork} ${all ? members.length : `of ${members.length}`} members are at work`,
    advice: all ? null : 'It goes on, but no further member may fail.',
  };
}

// The buttons stay, so that whoever has come to one with the keyboard is still there when it has done its work: what they do changes.

const BUTTONS = [
  (member) => (isDown(member) ? ['start', 'Start', true] : ['stop', 'Stop', member.state === 'running']),
  (member) => ['kill', 'Kill', ['running', 'paused'].includes(member.state)],
  (member) => (member.state === 'paused' ? ['resume', 'Resume', true] : ['pause', 'Pause', member.state === 'running']),
  (member) => (member.cut ? ['join', 'Join again', true] : ['cut', 'Cut off', !isDown(member)]),
];

const rows = new Map();

function newRow(member, act) {
  const cells = ['State', 'Role', 'Term', 'Applied', 'As of'].map((label) => make('td', { role: 'cell', 'data-label': label }, make('span')));
  cells[0].classList.add('state');
  const buttons = BUTTONS.map(() => make('button', { type: 'button' }, make('span'), make('span', { class: 'unseen' }, ` member ${member.id}`)));
  buttons.forEach((button) =>
    button.addEventListener('click', () => {
      if (button.getAttribute('aria-disabled') !== 'true') {
        act(member.id, button.dataset.action);
      }
    }),
  );
  const link = make('a', { href: `http://${location.hostname}:${member.port}/playground` }, `Member ${member.id}`);
  const head = make('th', { scope: 'row', role: 'rowheader' }, link, make('small', {}, `port ${member.port}`));
  const controls = make('td', { role: 'cell', class: 'todo', 'data-label': 'What to do with it' }, make('div', { class: 'controls' }, buttons));
  const element = make('tr', { role: 'row' }, head, cells, controls);
  byId('members-rows').append(element);
  return { cells: cells.map((cell) => cell.firstChild), buttons };
}

function stateCell(member) {
  const level = member.state === 'running' && !member.cut ? null : isDown(member) || member.cut || member.state === 'paused' ? 'warn' : 'quiet';
  return [make('span', { class: level }, stateOf(member)), member.failure ? make('small', { class: 'bad' }, `did not start: ${member.failure}`) : null];
}

function asOf(member) {
  const { ageMillis, askedMillis } = member.seen;
  if (!known(ageMillis)) {
    return NOTHING;
  }
  return isSilent(member) ? [ago(ageMillis), make('small', {}, `no answer for ${duration(askedMillis)}`)] : ago(ageMillis);
}

function roleCell(member) {
  const role = known(member.seen.role) ? member.seen.role : NOTHING;
  if (!isFresh(member)) {
    return make('span', { class: 'quiet' }, known(member.seen.role) ? `was ${role}` : NOTHING);
  }
  return make('span', { class: role === 'leader' ? 'leads' : null }, role);
}

/** @param act given the id of a member and the word of what is to be done with it */
export function showMembers(members, act) {
  for (const member of members) {
    if (!rows.has(member.id)) {
      rows.set(member.id, newRow(member, act));
    }
    const { cells, buttons } = rows.get(member.id);
    fill(cells[0], stateCell(member));
    fill(cells[1], roleCell(member));
    text(cells[2], number(member.seen.term));
    text(cells[3], number(member.seen.appliedIndex));
    fill(cells[4], asOf(member));
    buttons.forEach((button, at) => {
      const [action, words, possible] = BUTTONS[at](member);
      text(button.firstChild, words);
      button.dataset.action = action;
      button.setAttribute('aria-disabled', String(!possible));
    });
  }
  const now = verdict(members);
  byId('verdict').dataset.level = now.level;
  text(byId('verdict-text'), now.text);
  byId('verdict-advice').hidden = now.advice === null;
  text(byId('verdict-advice'), now.advice || '');
}
