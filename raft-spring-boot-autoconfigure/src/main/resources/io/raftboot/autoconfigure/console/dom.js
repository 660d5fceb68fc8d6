// Makes elements. Text comes in as text, and never as markup: what members and machines are called is for nobody to run.

export const byId = (id) => document.getElementById(id);

/** An element with attributes and children, which are elements or text; null and undefined are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** Has an element contain what it should, changing what differs and nothing else: a reader's place, focus and selection stay. */
export function fill(parent, ...children) {
  align(parent, make('div', {}, ...children));
}

export function text(element, words) {
  if (element.textContent !== words) {
    element.textContent = words;
  }
}

const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.dataset.key : undefined);

function align(present, wanted) {
  const next = [...wanted.childNodes];
  const keys = new Set(next.map(keyOf));
  const byKey = new Map();
  for (const node of [...present.childNodes]) {
    const key = keyOf(node);
    if (key !== undefined && !keys.has(key)) {
      node.remove();
    } else if (key !== undefined) {
      byKey.set(key, node);
    }
  }
  next.forEach((node, at) => {
    const key = keyOf(node);
    const there = key === undefined ? present.childNodes[at] : byKey.get(key);
    if (there === undefined || (key === undefined && keyOf(there) !== undefined)) {
      present.insertBefore(node, present.childNodes[at] || null);
      return;
    }
    if (there !== present.childNodes[at]) {
      present.insertBefore(there, present.childNodes[at] || null);
    }
    become(there, node);
  });
  while (present.childNodes.length > next.length) {
    present.lastChild.remove();
  }
}

function become(there, node) {
  if (there.isEqualNode(node)) {
    return;
  }
  if (there.nodeName !== node.nodeName) {
    there.replaceWith(node);
  } else if (there.nodeType === Node.TEXT_NODE) {
    there.data = node.data;
  } else {
    for (const { name } of [...there.attributes]) {
      if (!node.hasAttribute(name)) {
        there.removeAttribute(name);
      }
    }
    for (const { name, value } of node.attributes) {
      if (there.getAttribute(name) !== value) {
        there.setAttribute(name, value);
      }
    }
    align(there, node);
  }
}

/** A row of a table whose heads, in order, name the cells where there is no room for columns. */
export function row(table, attributes, head, ...cells) {
  const labels = [...table.closest('table').tHead.querySelectorAll('th')].map((one) => one.textContent);
  return make(
    'tr',
    { role: 'row', ...attributes },
    make('th', { scope: 'row', role: 'rowheader' }, head),
    cells.map((cell, at) => {
      const { content, kind } = cell !== null && typeof cell === 'object' && 'content' in cell ? cell : { content: cell };
      return make('td', { role: 'cell', 'data-label': labels[at + 1], class: kind }, make('span', {}, content));
    }),
  );
}

export const cell = (kind, ...content) => ({ kind, content });
