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

/** True when keys typed now belong to a field and not to the element. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
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
