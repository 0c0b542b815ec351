/**
 * What-if controls of a case: a slider for every condition, in place of the choices that work without scripts. Every
 * move asks the server, which holds the model; the address follows, so that a copied link shows the same.
 */
import { all, fetched, make, one, shape } from "./page/dom";
import { interval } from "./page/interval";

interface Row {
  id: string; letter: string; label: string; before: string; after: string; interval: string; word: string;
  change: string; sign: string; tone: string; value: number; inner: [number, number]; outer: [number, number];
}
interface Reply { scenarios: Row[]; ms: number; link: string; finding: string }

const WORDS = ["absent", "weak", "mixed", "met", "strong"];
const STEP = 0.25;
const WAIT = 60; // ms; a drag sends some ten questions a second, and only the last answer is shown

const word = (level: number): string => WORDS[Math.min(Math.max(Math.round(level), -2), 2) + 2] ?? "";
const signed = (level: number): string => (level < 0 ? "−" : "+") + Math.abs(level).toFixed(2).replace(/0$/, "");
const place = (level: number): string => `${(100 * (level + 2)) / 4}%`;

class Control {
  readonly key: string;
  readonly range: HTMLInputElement;
  private readonly said: HTMLElement;
  private readonly assessed: number | null;
  private readonly words: string;
  level: number | null;

  constructor(private readonly box: HTMLElement, changed: () => void) {
    this.key = box.dataset["slider"] ?? "";
    const state = box.dataset["state"];
    this.assessed = state ? Number(state) : null; // nobody knows: the handle waits in the middle, nothing is drawn
    this.words = box.dataset["assessed"] ?? "";
    const chosen = box.dataset["chosen"];
    this.level = chosen ? Number(chosen) : null;
    const choice = one<HTMLSelectElement>("select", box);
    const id = choice?.id ?? "";
    this.range = make("input", {
      type: "range", min: "-2", max: "2", step: String(STEP), id, value: String(this.level ?? this.nearest()),
    });
    this.said = make("span", { class: "word nb" });
    const track = make("div", { class: "track" }, this.range);
    const drawn = this.span();
    if (drawn) track.prepend(drawn);
    choice?.replaceWith(this.said);
    box.append(track);
    this.range.addEventListener("input", () => {
      this.level = Number(this.range.value);
      this.say();
      changed();
    });
    this.say();
  }

  private nearest(): number {
    return Math.min(Math.max(Math.round((this.assessed ?? 0) / STEP) * STEP, -2), 2);
  }

  /** The assessed state with its 90 % interval, behind the track. */
  private span(): HTMLElement | null {
    const low = this.box.dataset["low"];
    const high = this.box.dataset["high"];
    const svg = shape("svg", { height: "24", "aria-hidden": "true" });
    if (low && high) {
      const a = Math.max(Number(low), -2);
      const b = Math.min(Number(high), 2);
      svg.append(shape("rect", { x: place(a), width: `${(100 * Math.max(b - a, 0)) / 4}%`, y: "9", height: "6" }));
    }
    if (this.assessed !== null) {
      const at = place(Math.min(Math.max(this.assessed, -2), 2));
      svg.append(shape("line", { x1: at, x2: at, y1: "4", y2: "20" }));
    }
    const holder = make("span", { class: "span" });
    holder.append(svg);
    return holder;
  }

  private say(): void {
    const set = this.level !== null;
    this.box.classList.toggle("set", set);
    const now = this.level === null ? this.words : `${this.words} → ${word(this.level)}`;
    this.said.textContent = now;
    this.range.setAttribute(
      "aria-valuetext",
      this.level === null ? `as assessed, ${this.words}` : `${word(this.level)}, ${signed(this.level)}; assessed ${this.words}`,
    );
  }

  reset(): void {
    this.level = null;
    this.range.value = String(this.nearest());
    this.say();
  }
}

function table(rows: Row[]): HTMLTableElement {
  const head = make("tr");
  for (const [text, css] of [["Scenario", ""], ["assessed", "n"], ["what if", "n"], ["points", "n"]] as const)
    head.append(make("th", { scope: "col", class: css }, text));
  const body = make("tbody");
  for (const row of rows) {
    body.append(
      make("tr", {}, make("td", {}, `${row.letter} ${row.label}`), make("td", { class: "n" }, row.before),
        make("td", { class: "n" }, make("strong", {}, row.after), " ", make("span", { class: "note" }, row.interval)),
        make("td", { class: `n ${row.tone}` }, `${row.sign} ${row.change}`.trim())),
    );
  }
  return make("table", { class: "answers" }, make("thead", {}, head), body);
}

/** Other links and forms of the page keep the what-if that is shown now. */
function carry(link: string): void {
  const now = new URL(link, location.href);
  const set = now.searchParams.getAll("set");
  for (const a of all<HTMLAnchorElement>("a[href]")) {
    if (a.pathname !== now.pathname || a.origin !== now.origin || a.closest("[data-island=sliders]")) continue;
    const there = new URL(a.href);
    there.searchParams.delete("set");
    for (const change of set) there.searchParams.append("set", change);
    a.href = there.href;
  }
  for (const other of all<HTMLFormElement>("form.asof")) {
    for (const old of all("input[name=set]", other)) old.remove();
    other.prepend(...set.map((value) => make("input", { type: "hidden", name: "set", value })));
  }
}

export function mount(form: HTMLElement): void {
  const source = form.dataset["src"] ?? "";
  const scenario = form.dataset["scenario"] ?? "";
  const finding = one("[data-finding]", form);
  let last = 0;
  let timer = 0;

  const show = (reply: Reply, ms: number): void => {
    const mine = reply.scenarios.find((row) => row.id === scenario);
    const answer = one("[data-answer]", form);
    if (answer) answer.hidden = !mine;
    if (mine) {
      one("[data-glyph]", form)?.replaceChildren(interval(mine.value, mine.inner, mine.outer));
      const number = one("strong[data-number]", form);
      if (number) number.textContent = `${mine.after} ${mine.interval}`;
    }
    if (finding) finding.textContent = reply.finding;
    one("[data-others]", form)?.replaceChildren(...(reply.scenarios.length ? [table(reply.scenarios)] : []));
    const time = one("[data-time]", form);
    if (time) time.textContent = mine ? `${Math.round(ms)} ms, not saved` : "not saved";
    carry(reply.link);
    history.replaceState(history.state, "", reply.link + (mine ? "#what-if" : ""));
  };

  const ask = async (): Promise<void> => {
    const mine = ++last;
    const query = new URLSearchParams();
    for (const control of controls) if (control.level !== null) query.append("set", `${control.key}=${control.level}`);
    const started = performance.now();
    try {
      const reply = await fetched<Reply>(`${source}${source.includes("?") ? "&" : "?"}${query}`);
      if (mine === last) show(reply, performance.now() - started);
    } catch (problem) {
      const time = one("[data-time]", form);
      if (time && mine === last) time.textContent = problem instanceof Error ? problem.message : "no answer";
    }
  };
  const changed = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), WAIT);
  };
  const controls = all("[data-slider]", form).map((box) => new Control(box, changed));

  one("[data-reset]", form)?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const control of controls) control.reset();
    void ask();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}
