/**
 * Keys of the page. Every key is declared in the markup as data-key on the link or control it works, with what it
 * does in data-key-does (else its name), so that the list shown by "?" cannot differ from what the keys do.
 * Single keys are off while typing and can be switched off for good (WCAG 2.1.4).
 */
import { all, make, one, post } from "./dom";

const WAIT = 1200; // ms between the keys of a sequence such as "g b"

let pending = "";
let pendingSince = 0;

export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit", "range"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

export function keysOn(): boolean {
  return document.documentElement.dataset["keys"] !== "off";
}

function shown(element: HTMLElement): boolean {
  return element.getClientRects().length > 0 && !(element as HTMLButtonElement).disabled;
}

/** Elements worked by keys, first one first; a key declared twice belongs to the one in sight. */
function declared(): Map<string, HTMLElement> {
  const found = new Map<string, HTMLElement>();
  for (const element of all("[data-key]")) {
    for (const key of (element.dataset["key"] ?? "").split("|")) {
      const before = found.get(key);
      if (!before || (!shown(before) && shown(element))) found.set(key, element);
    }
  }
  return found;
}

function work(element: HTMLElement): void {
  if (element instanceof HTMLInputElement || element instanceof HTMLSelectElement) {
    element.focus();
    if (element instanceof HTMLInputElement && element.type !== "checkbox") element.select();
    if (element instanceof HTMLInputElement && element.type === "checkbox") element.click();
  } else {
    element.click();
  }
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || !keysOn() || one("dialog[open]")) return;
  const keys = declared();
  const now = performance.now();
  const sequence = pending && now - pendingSince < WAIT ? `${pending} ${event.key}` : event.key;
  pending = "";
  const target = keys.get(sequence) ?? keys.get(event.key);
  if (target) {
    event.preventDefault();
    work(target);
    return;
  }
  if ([...keys.keys()].some((key) => key.startsWith(sequence + " "))) {
    pending = sequence;
    pendingSince = now;
  }
}

function name(element: HTMLElement): string {
  const said = element.dataset["keyDoes"] ?? element.getAttribute("aria-label") ?? element.textContent ?? "";
  return said.replace(/\s+/g, " ").trim();
}

function rows(): HTMLElement[] {
  const groups = new Map<string, HTMLElement[]>();
  groups.set("Everywhere", [
    row("Ctrl K", "Go to a case, document, question, page or command"),
    row("?", "This list"), row("Esc", "Close what is open"),
  ]);
  for (const [key, element] of declared()) {
    if (key === "?") continue;
    const where = element.closest<HTMLElement>("[data-keys]")?.dataset["keys"] ?? "Everywhere";
    const group = groups.get(where) ?? [];
    group.push(row(key, name(element)));
    groups.set(where, group);
  }
  return [...groups].map(([where, list]) => make("section", {}, make("h3", {}, where), make("dl", { class: "keys" }, ...list)));
}

function row(key: string, does: string): HTMLElement {
  const parts = key.split(" ").map((part) => make("kbd", {}, part));
  return make("div", {}, make("dt", {}, ...parts), make("dd", {}, does));
}

export function showHelp(): void {
  one<HTMLDialogElement>("#keys-help")?.remove();
  const box = make("input", { type: "checkbox", id: "keys-on" });
  box.checked = keysOn();
  box.addEventListener("change", () => {
    const keys = box.checked ? "on" : "off";
    document.documentElement.dataset["keys"] = keys;
    void post("/look", { keys });
  });
  const close = make("button", { type: "button", }, "Close");
  const dialog = make(
    "dialog", { id: "keys-help", class: "overlay", "aria-labelledby": "keys-title" },
    make("h2", { id: "keys-title" }, "Keys on this page"), ...rows(),
    make("p", { class: "keys-switch" }, box, make("label", { for: "keys-on" }, " Single keys are on. They rest while you type.")),
    close,
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function startKeys(): void {
  document.addEventListener("keydown", pressed);
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && !typing(event.target) && !event.ctrlKey && !event.metaKey && !one("dialog[open]")) {
      event.preventDefault();
      showHelp();
    }
  });
  for (const button of all("[data-show-keys]")) {
    button.hidden = false;
    button.addEventListener("click", showHelp);
  }
}
