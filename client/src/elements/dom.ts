/** Small ways to make elements; no templates, no markup from strings except the icons that are built in. */

type Attributes = Record<string, string | number | boolean | null | ((event: Event) => void)>;

/** An element with attributes (`onclick` and the like are listeners) and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.replace(/^on/, ""), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children);
  return element;
}

export function styleSheet(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

/** The configuration that the page wrote into `data-config`. */
export function readConfig<T>(element: HTMLElement): T {
  return JSON.parse(element.dataset.config ?? "{}") as T;
}

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** True when keys typed now belong to a field or an open dialog and not to the element. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.composedPath().some((one) => one instanceof HTMLDialogElement) ||
    (target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]"))
  );
}

/** True when Enter and Space belong to the control that has the focus. */
export function isOnControl(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return (
    target instanceof HTMLElement && target.matches("a, button, summary, dialog, [role='button'], [role='menuitem']")
  );
}

/** Of the sheet of keys, in every element that has one. */
export const KEYS_STYLE = `
.keys-sheet { background: var(--surface-raised); color: var(--text); border: 1px solid var(--line); border-radius: var(--radius);
  padding: var(--space-5) var(--space-6); box-shadow: var(--shadow); max-inline-size: min(440px, 92vw); }
.keys-sheet::backdrop { background: var(--scrim); }
.keys-sheet h2 { margin: 0 0 var(--space-3); font-size: var(--size-16); font-weight: 600; }
.keys-sheet dl { margin: 0; display: grid; }
.keys-sheet dl div { display: grid; grid-template-columns: 7em 1fr; gap: var(--space-4); padding-block: 6px; border-block-start: 1px solid var(--line); }
.keys-sheet dd { margin: 0; }
.keys-sheet kbd { font: inherit; font-weight: 500; color: var(--accent-text); white-space: nowrap; }
.keys-sheet form { margin-block-start: var(--space-4); display: flex; justify-content: end; }
.keys-sheet button { border: 1px solid var(--line-strong); color: var(--text); padding-inline: var(--space-4); }
@media (hover: none) { .keys { display: none !important; } }
`;
