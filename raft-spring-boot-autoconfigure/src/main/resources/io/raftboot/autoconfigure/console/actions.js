// What can be done to the cluster from here: each with what it would do shown first, and done only when that was confirmed.

import { act, newKey } from './calls.js';
import { byId, fill, make, row, text } from './dom.js';
import { NOTHING, bytes, number, plural, sentence } from './words.js';

/** Nobody decides within so short a time. */
const UNMEANT_MILLIS = 700;

let data = null;

/** What the dialog is about; null while it is closed. */
let open = null;

const id = (value, what) => {
  if (!/^[1-9][0-9]*$/.test(value) || !Number.isSafeInteger(Number(value))) {
    throw new Error(`${what} is “${value}”; write the id of a member, a whole number such as 4`);
  }
  return Number(value);
};

const address = (value, what) => {
  if (!/^\S+:[0-9]{1,5}$/.test(value)) {
    throw new Error(`${what} is “${value}”; write where its raft port is, such as node4:7400`);
  }
  return value;
};

/** Members as they are written, one a line: an id, an address, and the word learner for one without a vote. */
function lines(value, mayLearn) {
  const members = value.split('\n').map((line) => line.trim()).filter((line) => line !== '').map((line, at) => {
    const [one, where, learner, ...rest] = line.split(/\s+/);
    if (where === undefined || rest.length > 0 || (learner !== undefined && !(mayLearn && learner === 'learner'))) {
      throw new Error(`Line ${at + 1} is “${line}”; write an id and an address${mayLearn ? ', and the word learner behind it for one without a vote' : ''}, such as 4 node4:7400`);
    }
    const member = { id: id(one, `In line ${at + 1} the id`), address: address(where, `In line ${at + 1} the address`) };
    return mayLearn ? { ...member, voter: learner === undefined } : member;
  });
  if (members.length === 0) {
    throw new Error('No member is written; write one a line, such as 4 node4:7400');
  }
  return members;
}

const field = (name, label, kind, value, hint) => ({ name, label, kind, value, hint });

const leader = () => data.membership.leader;

const who = () => (leader() === null ? 'Whoever leads' : `Member ${leader()}`);

const interrupted = 'Commands and linearizable reads wait meanwhile, about as long as a message goes and comes; none of them is lost.';

const leads = (body) => `Member ${body.leader} leads now, in term ${number(body.term)}.`;

/** A change of the members, whose steps the leader tells beforehand. */
const change = (title, confirm, method, path, body, fields = []) => ({ title, confirm, method, path, body, fields, planned: true, done: (answer) => (answer.id === 0 ? 'There was nothing to do.' : 'It has begun. The steps are shown under Configuration while they are taken.') });

/** What the leader, or this member, does at once. */
const deed = (title, confirm, path, body, effect, done) => ({ title, confirm, method: 'POST', path, body: () => body, fields: [], effect, done });

const ACTIONS = {
  lead: (member) => deed(`Have member ${member} lead`, `Hand over to member ${member}`, 'leader', { to: member }, `${who()} hands the leadership over to member ${member}, as soon as that has all that is committed. ${interrupted}`, leads),
  yield: () => deed('Hand the leadership over', `Have member ${leader()} hand over`, 'leader', {}, `Member ${leader()} hands the leadership over to the voter that is furthest. ${interrupted}`, leads),
  'step-down': () =>
    deed('Have this member not lead', `Have member ${data.self} step down`, 'step-down', {}, leader() === data.self ? `Member ${data.self} leads, and hands over to the voter that is furthest, as before its process is ended. ${interrupted}` : `Member ${data.self} does not lead, so nothing happens, unless it has come to lead meanwhile.`, leads),
  snapshot: () => {
    const own = data.members.find((member) => member.id === data.self);
    return deed('Take a snapshot of this member', `Write a snapshot on member ${data.self}`, 'snapshot', {}, `Member ${data.self} writes the states of its machines to its disk, as of entry ${own && own.report ? number(own.report.appliedIndex) : NOTHING} or later, and then lets go of the part of its log that nobody needs any more. It goes on serving; states that are captured slowly make it wait for that moment.`, (body) => `Written as of entry ${number(body.index)}: ${bytes(body.sizeBytes)}.`);
  },
  add: () =>
    change('Add a member', 'Add it', 'POST', () => 'members', (values, version) => ({ id: id(values.id, 'The id'), address: address(values.address, 'The address'), ...(values.promote === '' ? {} : { promote: values.promote }), version }), [
      field('id', 'Id', 'text', '', 'that no member has had; its process is started with raft.join=true'),
      field('address', 'Address', 'text', '', 'host and raft port, such as node4:7400'),
      field('promote', 'It becomes a voter', ['', 'auto', 'manual'], '', 'as raft.membership.promote says, once it has caught up, or only when somebody promotes it'),
    ]),
  promote: (member) => change(`Give member ${member} a vote`, `Promote member ${member}`, 'POST', () => `members/${member}/promote`, (values, version) => ({ version })),
  demote: (member) => change(`Take the vote of member ${member}`, `Demote member ${member}`, 'POST', () => `members/${member}/demote`, (values, version) => ({ version })),
  remove: (member) => change(`Remove member ${member}`, `Remove member ${member}`, 'DELETE', (version) => `members/${member}?version=${version}`, () => null),
  move: (member) =>
    change(`Change the address of member ${member}`, 'Change the address', 'PUT', () => `members/${member}`, (values, version) => ({ address: address(values.address, 'The address'), version }), [
      field('address', 'Address', 'text', (data.members.find((one) => one.id === member) || {}).address || '', 'host and raft port at which the others reach it from now on'),
    ]),
  replace: () =>
    change('Replace members in one change', 'Replace them', 'POST', () => 'replace', (values, version) => ({ in: lines(values.in, false), out: values.out.split(/[\s,]+/).filter((one) => one !== '').map((one) => id(one, 'An id that goes out')), version }), [
      field('out', 'Out', 'text', '', 'ids, with commas between'),
      field('in', 'In', 'lines', '', 'one a line: id and address, such as 4 node4:7400'),
    ]),
  set: () =>
    change('Say which members there are to be', 'Make it so', 'PUT', () => 'members', (values, version) => ({ version, members: lines(values.members, true) }), [
      field('members', 'Members', 'lines', data.membership.members.map((member) => [member.id, member.address, member.voter ? '' : 'learner'].filter(Boolean).join(' ')).join('\n'), 'one a line: id and address, and the word learner behind it for one without a vote'),
    ]),
  cancel: (change_) => ({ title: 'Cancel the change', confirm: 'Cancel the change', method: 'DELETE', path: `changes/${change_}`, body: () => null, fields: [], effect: 'The step that is being taken may still come to its end; those behind it are not taken, and those before it stay as they are.', done: () => 'It is being cancelled; what has become of it is shown under Configuration.' }),
};

const button = (action, words, of, label) => make('button', { type: 'button', 'data-action': action, 'data-of': of, 'data-key': `${action} ${of ?? ''}`, 'aria-label': label }, words);

/** Offers what can be done as things are. */
export function offer(told) {
  data = told;
  byId('actions').hidden = !told.acts;
  byId('to-actions').hidden = !told.acts;
  if (!told.acts) {
    return;
  }
  const focused = byId('actions').contains(document.activeElement);
  fill(
    byId('actions-group'),
    leader() === null ? null : button('yield', 'Hand over…'),
    button('step-down', 'Step down…'),
    button('snapshot', 'Snapshot…'),
    button('add', 'Add…'),
    button('replace', 'Replace…'),
    button('set', 'Set all…'),
    told.membership.change ? button('cancel', 'Cancel the change…', told.membership.change.id) : null,
  );
  const table = byId('actions-rows');
  fill(
    table,
    told.membership.members.map((member) =>
      row(
        table,
        { 'data-key': member.id },
        `Member ${member.id}`,
        member.role,
        make(
          'span',
          { class: 'buttons' },
          member.voter && member.id !== leader() ? button('lead', 'Have it lead…', member.id, `Have member ${member.id} lead…`) : null,
          member.voter ? button('demote', 'Demote…', member.id, `Demote member ${member.id}…`) : button('promote', 'Promote…', member.id, `Promote member ${member.id}…`),
          button('move', 'Address…', member.id, `Change the address of member ${member.id}…`),
          button('remove', 'Remove…', member.id, `Remove member ${member.id}…`),
        ),
      ),
    ),
  );
  if (focused) {
    keepFocus();
  }
}

/** Whoever goes by keys is not sent to the beginning of the page because the button that was pressed has gone. */
function keepFocus() {
  if (!byId('actions').contains(document.activeElement)) {
    byId('actions-title').focus();
  }
}

const dialog = byId('action');

function input(of) {
  const attributes = { id: `action-${of.name}`, name: of.name, 'aria-describedby': `action-${of.name}-hint`, autocomplete: 'off', spellcheck: 'false' };
  if (Array.isArray(of.kind)) {
    const words = { '': 'as configured', auto: 'by itself', manual: 'by hand' };
    return make('select', attributes, of.kind.map((value) => make('option', { value }, words[value])));
  }
  return of.kind === 'lines' ? make('textarea', { ...attributes, rows: 5 }, of.value) : make('input', { ...attributes, type: 'text', value: of.value });
}

function begin(action, of) {
  // What is filled in is of the members as they are now, and so is the version that it is sent with.
  open = { ...ACTIONS[action](of), version: data.membership.version, looks: 0, plan: null, sending: false, sent: null };
  text(byId('action-title'), open.title);
  byId('action-fields').replaceChildren(
    ...open.fields.map((one) => make('p', {}, make('label', { for: `action-${one.name}` }, one.label), input(one), make('small', { id: `action-${one.name}-hint` }, one.hint))),
  );
  text(byId('action-do'), open.confirm);
  say('', '');
  offerToDo(false);
  byId('action-do').hidden = false;
  byId('action-look').hidden = !open.planned;
  text(byId('action-close'), 'Leave it');
  dialog.showModal();
  // Not a button: a key that is still held down would press it.
  (byId('action-fields').querySelector('input, textarea, select') || byId('action-title')).focus();
  if (open.fields.length === 0) {
    look();
  }
}

/** Has the button that does it pressed by nobody who meant another, by a second click or a key held down. */
function offerToDo(ready) {
  const of = open;
  byId('action-do').disabled = true;
  if (ready) {
    setTimeout(() => {
      if (open === of && of.plan !== null && !of.sending) {
        byId('action-do').disabled = false;
      }
    }, UNMEANT_MILLIS);
  }
}

function say(effect, problem) {
  fill(byId('action-effect'), effect);
  text(byId('action-problem'), problem);
}

const values = () => Object.fromEntries(open.fields.map((one) => [one.name, byId(`action-${one.name}`).value.trim()]));

const pathOf = (of) => (typeof of.path === 'function' ? of.path(of.version) : of.path);

/** Shows what it would do, which the leader says where that depends on it. What is shown is what is sent then. */
async function look() {
  const of = open;
  const at = ++of.looks;
  const newest = () => open === of && of.looks === at;
  of.plan = null;
  offerToDo(false);
  try {
    const written = of.planned ? of.body(values(), of.version) : of.body();
    if (!of.planned) {
      say(make('p', {}, of.effect), '');
    } else {
      say(make('p', {}, 'The leader is asked which steps it would take…'), '');
      const plan = await act(of.method, pathOf(of), written, { dryRun: true });
      if (!newest()) {
        return;
      }
      say(steps(plan.steps), '');
      if (plan.steps.length === 0) {
        return;
      }
    }
    of.plan = { written };
    offerToDo(true);
  } catch (error) {
    if (newest()) {
      say('', sentence(error.message));
    }
  }
}

function steps(list) {
  return list.length === 0
    ? make('p', {}, 'All is so already: there is nothing to do.')
    : [make('p', {}, `${plural(list.length, 'step is', 'steps are')} taken, one after the other:`), make('ol', {}, list.map((one) => make('li', {}, one.text)))];
}

/** The key of what is sent: the same for the same, and another one for anything else. */
function keyFor(of) {
  const written = JSON.stringify([of.method, pathOf(of), of.plan.written]);
  if (of.sent === null || of.sent.written !== written) {
    of.sent = { written, key: newKey() };
  }
  return of.sent.key;
}

async function carryOut() {
  const of = open;
  of.sending = true;
  byId('action-do').disabled = true;
  byId('action-look').hidden = true;
  text(byId('action-close'), 'Close; it goes on');
  text(byId('action-problem'), '');
  let outcome = null;
  let failed = null;
  try {
    outcome = of.done(await act(of.method, pathOf(of), of.plan.written, of.planned ? { key: keyFor(of) } : {}));
  } catch (error) {
    failed = sentence(error.message);
  }
  of.sending = false;
  text(byId('actions-outcome'), `${of.title}: ${outcome ?? failed}`);
  if (open !== of) {
    return;
  }
  if (failed === null) {
    say(make('p', { class: 'outcome' }, outcome), '');
    byId('action-do').hidden = true;
    text(byId('action-close'), 'Close');
    byId('action-close').focus();
  } else {
    text(byId('action-problem'), failed);
    text(byId('action-close'), 'Leave it');
    byId('action-look').hidden = !of.planned;
    offerToDo(true);
  }
}

byId('actions').addEventListener('click', (event) => {
  const pressed = event.target.closest('button[data-action]');
  if (pressed !== null) {
    const of = pressed.dataset.of;
    begin(pressed.dataset.action, of === undefined || !Number.isSafeInteger(Number(of)) ? of : Number(of));
  }
});
byId('action-form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (open === null || open.sending) {
    return;
  }
  if (event.submitter === byId('action-do')) {
    carryOut();
  } else if (open.planned) {
    look();
  }
});
byId('action-fields').addEventListener('input', () => {
  // What was shown is of what was written before.
  if (open !== null && !open.sending) {
    open.looks++;
    open.plan = null;
    offerToDo(false);
    say('', '');
  }
});
byId('action-close').addEventListener('click', () => dialog.close());
dialog.addEventListener('close', () => {
  open = null;
  keepFocus();
});
