// Makes elements. Text comes in as text, and never as markup: what members and machines are called is for nobody to run.

export const byId = (id) => document.getElementById(id);

/** An element with attributes and children, which are elements or text; null and undefined are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** Puts children in the place of those that there were, unless they say the same: a reader's place and selection stay. */
export function fill(parent, ...children) {
  const next = make('div', {}, ...children);
  const same = parent.childNodes.length === next.childNodes.length
    && [...parent.childNodes].every((child, at) => child.isEqualNode(next.childNodes[at]));
  if (!same) {
    parent.replaceChildren(...next.childNodes);
  }
}

export function text(element, words) {
  if (element.textContent !== words) {
    element.textContent = words;
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
