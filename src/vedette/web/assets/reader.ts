/**
 * The reader's keys and edges. Everything here is a form or a link that works without it: the script sends them
 * without loading the page anew, cycles the choices of a list, and moves the edges of a quote in the text.
 */
import { all, data, one } from "./page/dom";
import { toast } from "./page/toast";

interface Data { text: string; item: string; start: number; end: number }
interface Span { start: number; end: number }

// Offsets of the server count code points; a string of the browser counts UTF-16 units.
let units: number[] = [];
let text = "";
let span: Span | null = null;
// Edges as the server sent them; a hidden field's own default changes with its value.
let edges: Span = { start: 0, end: 0 };
let busy = false;
// What was changed on an item and not stored when another was opened; it is there again when one comes back.
const drafts = new Map<string, [string, string][]>();
const NEVER_KEPT = new Set(["csrf", "seen", "since", "verdict", "force"]);

function take(): void {
  const found = data<Data>("reader-data");
  text = found?.text ?? "";
  edges = { start: found?.start ?? 0, end: found?.end ?? 0 };
  units = [];
  let at = 0;
  for (const point of text) {
    units.push(at);
    at += point.length;
  }
  units.push(at);
  span = null;
}

function slice(start: number, end: number): string {
  return text.slice(units[start] ?? 0, units[end] ?? text.length);
}

/** The node and offset of a code point of the document, from the pieces that carry their own start. */
function place(point: number, ending: boolean): [Node, number] | null {
  let best: [Node, number] | null = null;
  for (const piece of all("#reader .body [data-at]")) {
    const from = Number(piece.dataset["at"]);
    const node = piece.firstChild;
    if (!node) continue;
    const length = [...(node.textContent ?? "")].length;
    if (from <= point && (ending ? point <= from + length && point > from : point < from + length)) {
      return [node, slice(from, point).length];
    }
    if (from + length <= point) best = [node, (node.textContent ?? "").length];
  }
  return best;
}

/** The code point of a position in the page, null when it lies outside the document. */
function point(node: Node | null, offset: number): number | null {
  const piece = (node instanceof Element ? node : node?.parentElement)?.closest<HTMLElement>("#reader .body [data-at]");
  if (!piece || !node) return null;
  return Number(piece.dataset["at"]) + [...(node.textContent ?? "").slice(0, offset)].length;
}

function drawn(): void {
  const registry = (CSS as unknown as { highlights?: Map<string, unknown> }).highlights;
  registry?.delete("span");
  if (!span) return;
  const start = place(span.start, false);
  const end = place(span.end, true);
  if (!start || !end || !registry) return;
  const range = document.createRange();
  range.setStart(...start);
  range.setEnd(...end);
  registry.set("span", new (window as unknown as { Highlight: new (r: Range) => unknown }).Highlight(range));
}

function show(): void {
  const quote = one("#at-hand");
  if (span && quote) quote.textContent = slice(span.start, span.end);
  drawn();
}

function field(name: string): HTMLInputElement | null {
  return one<HTMLInputElement>(`#decide input[name="${name}"]`);
}

function keepSpan(): void {
  if (!span) return;
  const start = field("start");
  const end = field("end");
  if (start && end) {
    start.value = String(span.start);
    end.value = String(span.end);
  }
  changed();
  toast("The quote's edges are moved; accepting stores them");
  leave();
}

function leave(): void {
  const help = one("#reader .span-help");
  if (help) help.hidden = true;
  span = null;
  drawn();
}

/** The words marked with the mouse, as code points of the document; null when none of its text is. */
function markedWords(): Span | null {
  const marked = getSelection();
  const range = marked && !marked.isCollapsed && marked.rangeCount ? marked.getRangeAt(0) : null;
  if (!range) return null;
  const first = point(range.startContainer, range.startOffset);
  const last = point(range.endContainer, range.endOffset);
  if (first == null || last == null) return null;
  const found = trimmed({ start: first, end: last });
  return found.end > found.start ? found : null;
}

/** Send the marked words to be made an item; without any, open the form that takes them typed. */
function markPassage(): void {
  const form = one<HTMLFormElement>("#mark");
  const found = markedWords();
  if (!form) return;
  if (!found) {
    const box = one<HTMLDetailsElement>("#passage");
    if (box) box.open = true;
    one<HTMLTextAreaElement>("#f-passage")?.focus();
    toast("Mark the words in the text first, or copy them here");
    return;
  }
  const set = (name: string, value: string): void => {
    const control = one<HTMLInputElement | HTMLTextAreaElement>(`#mark [name="${name}"]`);
    if (control) control.value = value;
  };
  set("from", String(found.start));
  set("to", String(found.end));
  set("passage", slice(found.start, found.end));
  getSelection()?.removeAllRanges();
  setAside();
  form.requestSubmit();
}

function beginSpan(): void {
  const from = Number(field("start")?.value);
  const to = Number(field("end")?.value);
  const found = markedWords();
  if (found) {
    span = found;
    getSelection()?.removeAllRanges();
    show();
    keepSpan();
    return;
  }
  if (!(to > from)) return;
  span = { start: from, end: to };
  const help = one("#reader .span-help");
  if (help) help.hidden = false;
  show();
}

function trimmed(wide: Span): Span {
  const points = [...slice(wide.start, wide.end)];
  let { start, end } = wide;
  while (points.length && /\s/.test(points[0] ?? "")) { points.shift(); start += 1; }
  while (points.length && /\s/.test(points[points.length - 1] ?? "")) { points.pop(); end -= 1; }
  return { start, end };
}

/** The next edge of a word from a code point, forward (1) or back (-1). */
function edge(from: number, step: number): number {
  const points = [...text];
  const blank = (i: number): boolean => /\s/.test(points[i] ?? " ");
  let at = from;
  if (step > 0) {
    while (at < points.length && blank(at)) at += 1;
    while (at < points.length && !blank(at)) at += 1;
  } else {
    while (at > 0 && blank(at - 1)) at -= 1;
    while (at > 0 && !blank(at - 1)) at -= 1;
  }
  return at;
}

function moveEdge(event: KeyboardEvent): void {
  if (!span) return;
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (event.key === "Enter") keepSpan();
  else if (event.key === "Escape") {
    const quote = one("#at-hand");
    if (quote) quote.textContent = slice(Number(field("start")?.value), Number(field("end")?.value));
    leave();
  } else if (step) {
    if (event.shiftKey) {
      // The start goes to the beginning of a word.
      const to = step < 0 ? edge(span.start, -1) : trimmed({ start: edge(span.start, 1), end: span.end }).start;
      if (to < span.end) span.start = to;
    } else {
      const to = step > 0 ? edge(span.end, 1) : trimmed({ start: 0, end: edge(span.end, -1) }).end;
      if (to > span.start) span.end = to;
    }
    show();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Whether the form says something else than the item. */
function differs(form: HTMLFormElement): boolean {
  const other = all<HTMLInputElement | HTMLSelectElement>("select, input:not([type=hidden])", form).some((control) => {
    if (control instanceof HTMLSelectElement) return [...control.options].some((o) => o.selected !== o.defaultSelected);
    if (control.type === "radio") return control.checked !== control.defaultChecked;
    return !["reason", "importance"].includes(control.name) && control.value !== control.defaultValue;
  });
  return other || Number(field("start")?.value) !== edges.start || Number(field("end")?.value) !== edges.end;
}

/** The button says what it will do. */
function changed(): void {
  const form = one<HTMLFormElement>("#decide");
  const label = one("#decide [data-accept]");
  if (form && label) label.textContent = differs(form) ? "Accept corrected" : "Accept";
}

function setAside(): void {
  const form = one<HTMLFormElement>("#decide");
  const item = form?.dataset["item"];
  if (!form || !item || !differs(form)) return;
  drafts.set(item, [...new FormData(form)].flatMap(([k, v]) => (NEVER_KEPT.has(k) ? [] : [[k, String(v)]])));
}

function takeUp(): void {
  const form = one<HTMLFormElement>("#decide");
  const kept = drafts.get(form?.dataset["item"] ?? "");
  if (!form || !kept || one("#reader .problem")) return;
  for (const [name, value] of kept) {
    for (const control of all<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(`[name="${name}"]`, form)) {
      if (control instanceof HTMLInputElement && control.type === "radio") control.checked = control.value === value;
      else control.value = value;
    }
  }
  const quote = one("#at-hand");
  if (quote && differs(form)) quote.textContent = slice(Number(field("start")?.value), Number(field("end")?.value));
  toast("What you changed here and did not store is back");
}

async function swap(address: string, init?: RequestInit): Promise<void> {
  if (busy) return;
  busy = true;
  const item = one<HTMLFormElement>("#decide")?.dataset["item"] ?? "";
  if (!init) setAside();
  try {
    const answer = await fetch(address, { ...init, credentials: "same-origin", headers: { "HX-Request": "true" } });
    const body = await answer.text();
    const parsed = new DOMParser().parseFromString(body, "text/html");
    const old = one("#reader");
    const met = parsed.getElementById("conflict");
    if (met && old) {
      // Somebody was faster: their change and this one stand side by side, in place of the document.
      old.replaceWith(met);
      met.tabIndex = -1;
      met.focus();
      return;
    }
    const made = parsed.getElementById("reader");
    if (!made || !old) {
      toast("The server could not do that. Load the page again; nothing stored is lost.");
      return;
    }
    made.dataset["mounted"] = "yes";
    old.replaceWith(made);
    if (answer.ok) history.replaceState(null, "", answer.url);
    if (answer.ok && init) drafts.delete(item);
    ready();
    const problem = one("#reader .problem");
    if (problem) {
      problem.tabIndex = -1;
      problem.focus();
    } else {
      const line = one("#reader .moved-line");
      if (init && line) toast(line.textContent ?? "");
      one("#main")?.focus({ preventScroll: true });
    }
  } catch {
    toast("The server did not answer. What you changed is still here; try again.");
  } finally {
    busy = false;
  }
}

function ready(): void {
  take();
  takeUp();
  changed();
  const current = one("#reader .bd[aria-current]");
  const box = current?.getBoundingClientRect();
  if (current && box && (box.top < 60 || box.bottom > innerHeight - 80)) current.scrollIntoView({ block: "center" });
}

function sent(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("#reader form[data-part]")) return;
  event.preventDefault();
  // Built with the button that sent it: which one was pressed is the decision.
  const fields = new FormData(form, event.submitter);
  void swap(form.action, { method: "POST", body: new URLSearchParams([...fields].map(([k, v]) => [k, String(v)])) });
}

function followed(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  const cycle = target?.closest<HTMLElement>("#reader [data-cycle]");
  if (cycle) {
    const list = one<HTMLSelectElement>(`#${cycle.dataset["cycle"]}`);
    if (list) {
      list.selectedIndex = (list.selectedIndex + 1) % list.options.length;
      list.dispatchEvent(new Event("change", { bubbles: true }));
      toast(`${list.labels[0]?.textContent ?? ""}: ${list.selectedOptions[0]?.textContent ?? ""}`);
    }
    return;
  }
  if (target?.closest("#reader [data-span]")) {
    beginSpan();
    return;
  }
  if (target?.closest("#reader [data-passage]")) {
    markPassage();
    return;
  }
  const link = target?.closest<HTMLAnchorElement>("#reader a[data-part], #reader .body a.bd");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  void swap(link.href);
}

let started = false;

export function mount(element: HTMLElement): void {
  if (!element.isConnected) return;
  if (!started) {
    started = true;
    document.addEventListener("submit", sent);
    document.addEventListener("click", followed);
    document.addEventListener("keydown", moveEdge, true);
    document.addEventListener("change", changed);
    document.addEventListener("input", changed);
  }
  ready();
}
