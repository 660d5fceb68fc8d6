// Writes by hand, and what has come of them on each member.

import { byId, cell, fill, make, row, text } from './dom.js';
import { ago, known, number } from './words.js';
import { isFresh } from './members.js';
import { millis } from './steady.js';

const LONGEST_VALUE = 60;
const MOST_ACCOUNTS = 6;

/**
 * Sends something that changes something.
 *
 * @throws Error saying what was wrong with it, for people
 */
export async function send(method, path, body) {
  const response = await fetch(`/playground/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: method === 'DELETE' ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.detail || `the demo answers ${response.status}`);
  }
  return answer;
}

/** Outcomes are three, and a fourth where the ledger's rules forbid what was done. Unknown is never said to be one of the others. */
function words(result) {
  const after = `after ${millis(result.millis)}`;
  switch (result.outcome) {
    case 'acknowledged':
      return `Acknowledged through member ${result.through} ${after}${known(result.index) ? `, as entry ${number(result.index)}` : ''}.`;
    case 'forbidden':
      return `Done ${after}, and it changed nothing, on all members alike: ${result.detail}.`;
    case 'refused':
      return `Refused ${after}, so it certainly did not happen: ${result.detail}.`;
    default:
      return `Outcome unknown ${after}: ${result.detail}. It may have happened, or may yet.`;
  }
}

async function submit(form) {
  const result = form.querySelector('.result');
  const button = form.querySelector('button');
  if (button.getAttribute('aria-disabled') === 'true') {
    return;
  }
  if (!form.reportValidity()) {
    return;
  }
  button.setAttribute('aria-disabled', 'true');
  const body = { kind: form.dataset.kind };
  for (const [name, value] of new FormData(form)) {
    body[name] = ['through', 'amount'].includes(name) ? Number(value) : value;
  }
  try {
    const answer = await send('POST', 'calls', body);
    result.className = `result ${{ acknowledged: '', forbidden: 'warn', refused: 'warn', unknown: 'bad' }[answer.outcome]}`;
    text(result, words(answer));
  } catch (error) {
    // Whoever sent it and heard nothing does not know: only what the demo refuses by itself comes with a reason.
    result.className = 'result bad';
    text(result, error instanceof TypeError ? 'Outcome unknown: the demo did not answer. It may have happened, or may yet.' : `Not sent: ${error.message}.`);
  } finally {
    button.setAttribute('aria-disabled', 'false');
  }
}

export function listen() {
  document.querySelectorAll('form[data-kind]').forEach((form) =>
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      submit(form);
    }),
  );
}

const shortened = (value) => (value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value);

function valueCell(member, present, newest) {
  const shown = present === null || present === undefined ? 'absent' : shortened(String(present));
  if (!isFresh(member)) {
    return known(member.seen.ageMillis) ? cell('quiet', shown, make('small', {}, `was so ${ago(member.seen.ageMillis)}`)) : cell('quiet', 'not known');
  }
  return present === newest ? cell('', shown) : cell('warn', shown, make('small', {}, 'behind the others'));
}

/** A row for each key and account; what the member that has applied most says is what the others are compared with. */
export function showValues(state) {
  const { members, keys } = state;
  const first = members.filter(isFresh).sort((one, other) => other.seen.appliedIndex - one.seen.appliedIndex)[0];
  const accounts = [...new Set(members.flatMap((member) => Object.keys(member.seen.accounts)))].sort().slice(0, MOST_ACCOUNTS);
  const table = byId('values-rows');
  const line = (head, of) => row(table, {}, head, ...members.map((member) => valueCell(member, of(member.seen), first ? of(first.seen) : null)));
  fill(
    table,
    keys.map((key) => line(['Key ', make('code', {}, key)], (seen) => seen.values[key])),
    accounts.map((account) => line(['Account ', make('code', {}, account)], (seen) => seen.accounts[account])),
  );
}
