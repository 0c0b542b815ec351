/** The map itself: MapLibre over the vectors that ship with the program. Loaded by map.ts when it can be drawn. */
import { LngLatBounds, Map as Chart, NavigationControl, setWorkerUrl } from "maplibre-gl";
import type { StyleSpecification } from "maplibre-gl";
import { all, calm, fetched, make, shape, token } from "./dom";
import type { CaseMap, Disputed, Land, Sighting } from "./map-data";
import { Over } from "./map-over";

const DAY = 86_400_000;

function colour(name: string, otherwise: string): string {
  return token(name) || otherwise;
}

function byRole(shown: CaseMap, role: string): string[] {
  return shown.states.filter((s) => s.role === role).map((s) => s.code);
}

function fill(shown: CaseMap): unknown {
  const host = byRole(shown, "host");
  const target = byRole(shown, "target");
  const cases: unknown[] = [];
  if (host.length) cases.push(["in", ["get", "code"], ["literal", host]], colour("--map-host", "#d3e1f5"));
  if (target.length) cases.push(["in", ["get", "code"], ["literal", target]], colour("--bg", "#fff"));
  const rest = colour("--map-land", "#eff0f2");
  return cases.length ? ["case", ...cases, rest] : rest;
}

function style(shown: CaseMap, land: Land): StyleSpecification {
  const kind = (name: string): unknown => ["==", ["get", "kind"], name];
  const edge = colour("--edge", "#7d858d");
  const line = {
    type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: shown.distance.line },
  };
  return {
    version: 8,
    sources: {
      land: { type: "geojson", data: land, tolerance: 0.2, attribution: "" },
      distance: { type: "geojson", data: line },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colour("--map-sea", "#dde1e5") } },
      { id: "state", type: "fill", source: "land", filter: kind("state"), paint: { "fill-color": fill(shown), "fill-antialias": false } },
      { id: "hatch", type: "fill", source: "land", filter: kind("disputed"), paint: { "fill-pattern": "hatch" } },
      { id: "coast", type: "line", source: "land", filter: kind("coast"), paint: { "line-color": edge, "line-width": 0.6 } },
      { id: "border", type: "line", source: "land", filter: kind("border"), paint: { "line-color": edge, "line-width": 0.9 } },
      {
        id: "dispute", type: "line", source: "land", filter: kind("disputed"),
        paint: { "line-color": colour("--ink2", "#414950"), "line-width": 1, "line-dasharray": [4, 3] },
      },
      { id: "distance", type: "line", source: "distance", paint: { "line-color": colour("--acc", "#1a4b96"), "line-width": 2 } },
    ],
  } as unknown as StyleSpecification;
}

/** Diagonal lines on nothing, 8 pixels apart, in the colour of labels. */
function hatch(): { width: number; height: number; data: Uint8ClampedArray } {
  const size = 16;
  const canvas = make("canvas", { width: String(size), height: String(size) });
  const pen = canvas.getContext("2d");
  if (!pen) return { width: 1, height: 1, data: new Uint8ClampedArray(4) };
  pen.strokeStyle = colour("--ink3", "#5a636b");
  pen.lineWidth = 1.8;
  for (const x of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(x - 2, size + 2);
    pen.lineTo(x + size + 2, -2);
    pen.stroke();
  }
  return { width: size, height: size, data: pen.getImageData(0, 0, size, size).data };
}

function look(): Promise<void> {
  return new Promise((resolve) => {
    const link = make("link", { rel: "stylesheet", href: new URL("./map-look.css", import.meta.url).href });
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => resolve());
    document.head.append(link);
  });
}

function day(iso: string): number {
  return Math.round(Date.parse(iso + "T00:00:00Z") / DAY);
}

function inWords(days: number): string {
  return new Date(days * DAY).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

/** The list that the numbered triangles are keyed to. */
function list(shown: CaseMap): HTMLElement {
  return make(
    "ol", { class: "map-seen", "aria-label": "Dated sightings" },
    ...shown.sightings.map((seen) => {
      const mark = shape("svg", { viewBox: "0 0 18 16", role: "img", "aria-label": `Mark ${seen.number}` },
        shape("path", { class: "tri", d: "M9 0l9 16H0z" }), shape("text", { x: "9", y: "13", "text-anchor": "middle" }, String(seen.number)));
      return make(
        "li", { id: `seen-${seen.number}`, tabindex: "-1" }, mark,
        make("span", {}, make("b", {}, seen.place), ": ", make("a", { href: seen.href }, seen.text), seen.shown ? "" : " (outside the map)"),
        make("time", { datetime: seen.date }, inWords(day(seen.date))), make("span", { title: "Grade" }, seen.grade),
      );
    }),
  );
}

/** Two sliders over the days of the case; what lies outside is neither on the map nor in the list. */
function brush(shown: CaseMap, changed: (from: number, to: number) => string): HTMLElement | null {
  const days = shown.sightings.map((s) => day(s.date));
  const [low, high] = [Math.min(...days), Math.max(...days)];
  if (shown.sightings.length < 2 || low === high) return null;
  const slider = (name: string, value: number): HTMLInputElement =>
    make("input", { type: "range", min: String(low), max: String(high), value: String(value), "aria-label": name });
  const [from, to] = [slider("Sightings from", low), slider("Sightings to", high)];
  const said = make("output", {});
  const update = (moved?: HTMLInputElement): void => {
    if (Number(from.value) > Number(to.value)) (moved === from ? to : from).value = (moved ?? from).value;
    for (const s of [from, to]) s.setAttribute("aria-valuetext", inWords(Number(s.value)));
    said.textContent = changed(Number(from.value), Number(to.value));
  };
  from.addEventListener("input", () => update(from));
  to.addEventListener("input", () => update(to));
  update();
  return make("fieldset", { class: "map-brush" }, make("legend", {}, "Time brush"), from, to, said);
}

function words(shown: CaseMap, land: Land): HTMLElement {
  const d = shown.distance;
  const disputed = land.features.map((f) => f.properties).filter((p): p is Disputed => p.kind === "disputed");
  const notes = [d.note ? `${d.note}.` : "", `Boundaries: Natural Earth, ${land.resolution === "10m" ? "1:10" : land.resolution === "50m" ? "1:50" : "1:110"} million. Hatched: disputed.`];
  return make(
    "div", { class: "map-words" },
    make(
      "details", {}, make("summary", {}, "The map in words"),
      make("p", {}, `${shown.states.filter((s) => s.role !== "other").map((s) => `${s.name} (${s.role})`).join(", ")}. ${d.sentence}. ${d.spread_sentence}.`),
      make("ul", {}, ...disputed.map((a) => make("li", {}, `${a.name}, hatched: ${a.statement}.`))),
      make("p", {}, notes.filter(Boolean).join(" ")),
    ),
  );
}

function follow(over: Over, listed: HTMLElement): void {
  for (const [number, mark] of over.marks) {
    const row = listed.querySelector<HTMLElement>(`#seen-${number}`);
    const both = (on: boolean) => (): void => {
      mark.classList.toggle("at", on);
      row?.classList.toggle("at", on);
    };
    for (const element of [mark, row]) {
      element?.addEventListener("pointerenter", both(true));
      element?.addEventListener("pointerleave", both(false));
      element?.addEventListener("focusin", both(true));
      element?.addEventListener("focusout", both(false));
    }
    mark.addEventListener("click", (event) => {
      event.preventDefault();
      row?.focus({ preventScroll: true });
      row?.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
    });
  }
}

function show(over: Over, listed: HTMLElement, seen: Sighting[], from: number, to: number): string {
  let count = 0;
  for (const s of seen) {
    const on = day(s.date) >= from && day(s.date) <= to;
    count += Number(on);
    const mark = over.marks.get(s.number);
    if (mark) mark.style.display = on ? "" : "none";
    const row = listed.querySelector<HTMLElement>(`#seen-${s.number}`);
    if (row) row.hidden = !on;
  }
  over.settle();
  return `${inWords(from)} – ${inWords(to)}: ${count} of ${seen.length} sightings`;
}

function repaint(chart: Chart, shown: CaseMap, land: Land): void {
  if (chart.hasImage("hatch")) chart.updateImage("hatch", hatch());
  for (const layer of style(shown, land).layers) {
    for (const [name, value] of Object.entries(layer.paint ?? {})) {
      if (name.endsWith("-color")) chart.setPaintProperty(layer.id, name as "fill-color", value as string);
    }
  }
}

export async function draw(element: HTMLElement): Promise<void> {
  const source = element.dataset["src"];
  if (!source) return;
  const shown = await fetched<CaseMap & { missing?: string }>(source);
  if (shown.missing) return; // the page has already said why
  const [land] = await Promise.all([fetched<Land>(shown.land), look()]);
  const holder = make("div", { class: "map-canvas" });
  const box = make("div", { class: "map-box" }, holder);
  const still = all("[data-map-still]", element);
  for (const part of still) part.hidden = true;
  element.prepend(box);
  setWorkerUrl(new URL("./map-worker.js", import.meta.url).href);
  try {
    const [w, s, e, n] = shown.window;
    const chart = new Chart({
      container: holder, style: style(shown, land), bounds: shown.frame, fitBoundsOptions: { padding: 4 },
      maxBounds: new LngLatBounds([w, s], [e, n]), attributionControl: false, dragRotate: false, pitchWithRotate: false,
      touchPitch: false, renderWorldCopies: false, cooperativeGestures: true, fadeDuration: calm() ? 0 : 150,
      locale: { "Map.Title": `Map: ${shown.title}. Arrow keys move it, plus and minus change its scale.` },
    });
    chart.touchZoomRotate.disableRotation();
    chart.keyboard.disableRotation();
    chart.addControl(new NavigationControl({ showCompass: false }));
    chart.setMissingStyleImageResolver(async (id) => {
      if (id === "hatch" && !chart.hasImage(id)) chart.addImage(id, hatch(), { pixelRatio: 2 });
    });
    const over = new Over(chart, shown, land);
    box.append(over.node);
    const listed = list(shown);
    chart.on("move", () => over.place());
    chart.on("moveend", () => over.settle());
    chart.on("resize", () => over.settle());
    chart.once("idle", () => {
      over.settle();
      box.dataset["ready"] = "yes";
    });
    const time = brush(shown, (from, to) => show(over, listed, shown.sightings, from, to));
    box.after(...[time, shown.sightings.length ? listed : null, words(shown, land)].filter((part) => part !== null));
    follow(over, listed);
    over.settle();
    const again = (): void => repaint(chart, shown, land);
    document.addEventListener("vedette:theme", again);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  } catch (problem) {
    box.remove();
    for (const part of still) part.hidden = false;
    throw problem;
  }
}
