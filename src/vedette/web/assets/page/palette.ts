/** Ctrl-K: one list of everything, filtered as one types. The list comes from the server once a page. */
import { all, fetched, make, one } from "./dom";

interface Entry { kind: string; label: string; note?: string; href: string; words?: string }

const MOST = 40;
let entries: Promise<Entry[]> | null = null;

/** Case, accents and punctuation do not count. */
function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Every word must be there; the start of the label, then of a word, then anywhere. */
function rank(entry: Entry, words: string[]): number | null {
  const label = plain(entry.label);
  const rest = plain(`${entry.kind} ${entry.note ?? ""} ${entry.words ?? ""}`);
  let score = 0;
  for (const word of words) {
    if (label.startsWith(word)) score += 0;
    else if (label.includes(" " + word)) score += 1;
    else if (label.includes(word)) score += 2;
    else if (rest.includes(word)) score += 4;
    else return null;
  }
  return score;
}

function option(entry: Entry, index: number, chosen: boolean): HTMLElement {
  return make(
    "li", { role: "option", id: `palette-${index}`, "aria-selected": String(chosen), "data-href": entry.href },
    make("span", { class: "kind" }, entry.kind), make("span", { class: "what" }, entry.label),
    make("span", { class: "note" }, entry.note ?? ""),
  );
}

export function openPalette(): void {
  if (one("#palette[open]")) return;
  const input = make("input", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list",
    "aria-label": "Go to", placeholder: "Case, document, evidence, question, page or command", autocomplete: "off",
    spellcheck: "false",
  });
  const list = make("ul", { id: "palette-list", role: "listbox", "aria-label": "Matches" });
  const said = make("p", { class: "palette-said", role: "status" }, "Loading …");
  const dialog = make("dialog", { id: "palette", class: "overlay palette", "aria-label": "Go to" }, input, list, said);
  let found: Entry[] = [];
  let at = 0;

  const choose = (index: number): void => {
    at = found.length ? (index + found.length) % found.length : 0;
    for (const [i, item] of [...list.children].entries()) item.setAttribute("aria-selected", String(i === at));
    if (found.length) input.setAttribute("aria-activedescendant", `palette-${at}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const show = (known: Entry[]): void => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    const scored = known.map((entry, order) => ({ entry, order, score: rank(entry, words) })).filter((x) => x.score !== null);
    scored.sort((a, b) => (a.score ?? 0) - (b.score ?? 0) || a.order - b.order);
    found = scored.slice(0, MOST).map((x) => x.entry);
    list.replaceChildren(...found.map((entry, i) => option(entry, i, i === 0)));
    const more = scored.length - found.length;
    said.textContent = found.length
      ? `${scored.length} found${more > 0 ? `, ${found.length} shown` : ""}. Enter opens, Esc closes.`
      : "Nothing fits. Fewer letters find more.";
    choose(0);
  };
  const go = (): void => {
    const entry = found[at];
    if (entry) location.assign(entry.href);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(at + 1);
    else if (event.key === "ArrowUp") choose(at - 1);
    else if (event.key === "Enter") go();
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-href]") : null;
    if (item?.dataset["href"]) location.assign(item.dataset["href"]);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
  entries ??= fetched<{ entries: Entry[] }>("/palette.json").then((answer) => answer.entries);
  entries.then(
    (known) => {
      input.addEventListener("input", () => show(known));
      show(known);
    },
    (problem: unknown) => {
      entries = null;
      said.textContent = `The list could not be loaded: ${problem instanceof Error ? problem.message : "no answer"}`;
    },
  );
}

export function startPalette(): void {
  for (const button of all('[data-open="palette"]')) button.hidden = false;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-open="palette"]') : null;
    if (button) {
      event.preventDefault();
      openPalette();
    }
  });
}
