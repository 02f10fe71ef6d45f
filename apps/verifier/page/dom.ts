type Attributes = Readonly<Record<string, string | undefined>>;

/** Makes an element. What is undefined among its attributes is left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** An element of the page as it is written. */
export function byId<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`the page has no ${id}`);
  return found;
}

/** A list with a point for each text. */
export function list(texts: readonly string[]): HTMLUListElement {
  return element('ul', {}, ...texts.map((text) => element('li', {}, text)));
}

let sections = 0;

/** A section that its heading names; the heading can be given the focus. */
export function section(heading: string, ...children: readonly (Node | string)[]): HTMLElement {
  sections += 1;
  const id = `section-${String(sections)}`;
  const title = element('h2', { id, tabindex: '-1' }, heading);
  return element('section', { 'aria-labelledby': id }, title, ...children);
}
