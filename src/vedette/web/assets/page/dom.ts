/** Small things that every script of the workbench needs. */

export function one<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T | null {
  return within.querySelector<T>(selector);
}

export function all<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T[] {
  return [...within.querySelectorAll<T>(selector)];
}

type Child = Node | string;

/** An element with attributes and children; text goes in as text, never as markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Record<string, string> = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const NS = "http://www.w3.org/2000/svg";

export function shape(tag: string, attributes: Record<string, string> = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Data that the server put into a script element of type application/json. */
export function data<T>(id: string): T | null {
  const holder = document.getElementById(id);
  return holder?.textContent ? (JSON.parse(holder.textContent) as T) : null;
}

/** A value of the theme in use, for what cannot read style sheets (canvas, WebGL). */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function calm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** The token that every change needs; it belongs to this page's session. */
export function csrf(): string {
  return one<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** Send a form of ours without leaving the page. */
export async function post(address: string, fields: Record<string, string>): Promise<Response> {
  return fetch(address, {
    // A choice made while the page is being left is sent all the same.
    method: "POST", credentials: "same-origin", redirect: "manual", keepalive: true, headers: { "X-CSRF-Token": csrf() },
    body: new URLSearchParams(fields),
  });
}

/** JSON of our own server; an error holds what the server said. */
export async function fetched<T>(address: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin", ...init });
  if (!answer.ok) {
    const said = (await answer.json().catch(() => ({}))) as { error?: string; detail?: string };
    throw new Error(said.error ?? said.detail ?? `the server answered ${answer.status}`);
  }
  return (await answer.json()) as T;
}
