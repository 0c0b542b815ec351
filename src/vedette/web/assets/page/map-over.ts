/** Names, marks and the measured distance over the map, as SVG in the page's own type: sharp, themed, selectable by keys. */
import type { Map as Chart } from "maplibre-gl";
import { shape } from "./dom";
import type { CaseMap, Disputed, Land, Position, Sighting, StateOnMap } from "./map-data";

interface Label {
  at: Position; lines: string[]; css: string; rank: number; places: "middle" | "beside"; node: SVGElement;
  fits?: () => boolean;
  code?: string; // a state with a role is always named while it is in sight: anywhere on it, if need be
}
interface Mark { at: Position; node: SVGElement; half: number }
interface Rect { left: number; top: number; right: number; bottom: number }

const LINE = 13;

function overlaps(a: Rect, b: Rect): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function wrapped(text: string, widest = 26): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + word.length < widest) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export class Over {
  readonly node: SVGElement;
  readonly marks = new Map<number, SVGElement>();
  private labels: Label[] = [];
  private points: Mark[] = [];
  private scale = shape("g");

  constructor(private chart: Chart, private shown: CaseMap, land: Land) {
    this.node = shape("svg", { class: "map-over" });
    for (const town of shown.towns) {
      const half = town.kind === "capital" ? 3.2 : 2.4;
      this.mark(town.at, half, shape("rect", { class: "dot", x: `${-half}`, y: `${-half}`, width: `${2 * half}`, height: `${2 * half}` }));
      this.label(town.at, [town.name], "town", 4, "beside");
    }
    for (const end of [shown.distance.from, shown.distance.to]) {
      this.mark(end.at, 5, shape("circle", { class: "end", r: "4" }));
    }
    this.label(shown.distance.to.at, [shown.distance.to.name], "endname", 1, "beside");
    const line = shown.distance.line;
    this.label(line[Math.floor(line.length / 2)] ?? shown.distance.from.at, [shown.distance.label], "km", 0, "beside");
    this.states(land);
    for (const feature of land.features) {
      if (feature.properties.kind === "disputed") {
        const area = feature.properties as Disputed;
        this.label(area.at, wrapped(area.label), "note", 5, "middle");
      }
    }
    for (const seen of shown.sightings) this.sighting(seen);
    this.node.append(this.scale);
  }

  private states(land: Land): void {
    const roles = new Map(this.shown.states.map((s) => [s.code, s]));
    for (const feature of land.features) {
      if (feature.properties.kind !== "state") continue;
      const state = feature.properties as StateOnMap;
      const given = roles.get(state.code);
      const named = (given?.name ?? state.name).toUpperCase();
      const role = given && given.role !== "other" ? ` (${given.role})` : "";
      const label = this.label(state.at, [named + role], role ? "state main" : "state", role ? 2 : 6, "middle");
      if (role) label.code = state.code;
      else {
        // A state narrower on the screen than its name goes without.
        label.fits = () => {
          const [w, s, e, n] = state.box;
          const a = this.chart.project([w, n]);
          const b = this.chart.project([e, s]);
          return b.x - a.x > named.length * 9 + 8 && b.y - a.y > 16;
        };
      }
    }
  }

  private label(at: Position, lines: string[], css: string, rank: number, places: "middle" | "beside"): Label {
    const node = shape("text", { class: css, "text-anchor": "middle" });
    lines.forEach((line, i) => node.append(shape("tspan", { x: "0", y: `${i * LINE}` }, line)));
    this.node.append(node);
    const label: Label = { at, lines, css, rank, places, node };
    this.labels.push(label);
    return label;
  }

  private mark(at: Position, half: number, node: SVGElement): void {
    this.node.append(node);
    this.points.push({ at, node, half });
  }

  private sighting(seen: Sighting): void {
    const link = shape(
      "a", { href: `#seen-${seen.number}`, "aria-label": `${seen.number}: ${seen.place}, ${seen.date}: ${seen.text}` },
      shape("path", { class: "tri", d: "M0 -9l9 16h-18z" }), shape("text", { y: "4", "text-anchor": "middle" }, String(seen.number)),
    );
    this.marks.set(seen.number, link);
    this.mark(seen.at, 9, link);
  }

  /** Put everything where the map is now; called with every frame of a movement. */
  place(): void {
    for (const { at, node } of this.points) this.put(node, at);
    for (const { at, node } of this.labels) {
      if (!node.hasAttribute("hidden")) this.put(node, at, node.dataset["shift"]);
    }
  }

  private put(node: SVGElement, at: Position, shift = "0,0"): void {
    const p = this.chart.project(at);
    const [dx, dy] = shift.split(",").map(Number);
    node.setAttribute("transform", `translate(${(p.x + (dx ?? 0)).toFixed(1)} ${(p.y + (dy ?? 0)).toFixed(1)})`);
  }

  /** Hide names that would lie on another, the less important first; called when a movement ends. */
  settle(): void {
    const { clientWidth: width, clientHeight: height } = this.chart.getContainer();
    const taken: Rect[] = this.points
      .filter((m) => m.node.style.display !== "none")
      .map(({ at, half }) => {
        const p = this.chart.project(at);
        return { left: p.x - half, top: p.y - half, right: p.x + half, bottom: p.y + half };
      });
    taken.push({ left: width - 46, top: 0, right: width, bottom: 76 }); // the buttons
    taken.push({ left: width - 150, top: height - 34, right: width, bottom: height }); // the scale
    for (const label of [...this.labels].sort((a, b) => a.rank - b.rank)) {
      label.node.removeAttribute("hidden");
      label.node.style.display = "";
      const box = (label.node as SVGGraphicsElement).getBBox();
      const spot = label.fits && !label.fits() ? null
        : (this.spot(label, box, taken, width, height) ?? this.anywhere(label, box, taken, width, height));
      if (!spot) {
        label.node.setAttribute("hidden", "");
        label.node.style.display = "none";
        continue;
      }
      taken.push(spot.rect);
      label.node.dataset["shift"] = `${spot.dx},${spot.dy}`;
    }
    this.place();
    this.drawScale(width, height);
  }

  private spot(label: Label, box: DOMRect, taken: Rect[], width: number, height: number): { dx: number; dy: number; rect: Rect } | null {
    const p = this.chart.project(label.at);
    const w = box.width / 2 + 3;
    const h = box.height / 2;
    const centre: Position[] = label.places === "middle"
      ? [[0, 0], [0, h + 8], [0, -h - 8], [w * 0.4, 0], [-w * 0.4, 0], [0, 2 * h + 14], [0, -2 * h - 14]]
      : [[w + 6, 0], [-w - 6, 0], [0, h + 8], [0, -h - 8], [w + 6, h + 4], [-w - 6, h + 4], [w + 6, -h - 4], [-w - 6, -h - 4], [w + 22, 0], [-w - 22, 0]];
    for (const [x, y] of centre) {
      const rect = { left: p.x + x - w, top: p.y + y - h, right: p.x + x + w, bottom: p.y + y + h };
      if (rect.left < 1 || rect.top < 1 || rect.right > width - 1 || rect.bottom > height - 1) continue;
      if (taken.some((other) => overlaps(rect, other))) continue;
      // Text hangs on its base line: turn the middle of the box into that of the first line.
      return { dx: x, dy: y - (box.y + box.height / 2), rect };
    }
    return null;
  }

  /** The free place nearest to where a name belongs whose middle lies on its state. */
  private anywhere(label: Label, box: DOMRect, taken: Rect[], width: number, height: number): { dx: number; dy: number; rect: Rect } | null {
    if (!label.code || !this.chart.getLayer("state")) return null; // asked before the areas are there
    const p = this.chart.project(label.at);
    const [w, h] = [box.width / 2 + 3, box.height / 2];
    const spots: [number, number][] = [];
    for (let x = w + 1; x < width - w; x += 16) for (let y = h + 1; y < height - h; y += 10) spots.push([x, y]);
    spots.sort((a, b) => Math.hypot(a[0] - p.x, a[1] - p.y) - Math.hypot(b[0] - p.x, b[1] - p.y));
    for (const [x, y] of spots) {
      const rect = { left: x - w, top: y - h, right: x + w, bottom: y + h };
      if (taken.some((other) => overlaps(rect, other))) continue;
      const under = this.chart.queryRenderedFeatures([x, y], { layers: ["state"] });
      if (under.some((f) => f.properties["code"] === label.code)) {
        return { dx: x - p.x, dy: y - p.y - (box.y + box.height / 2), rect };
      }
    }
    return null;
  }

  private drawScale(width: number, height: number): void {
    const lat = this.chart.getCenter().lat;
    // Metres a pixel of a Mercator map of 512-pixel tiles: 40,075,017 m x cos(latitude) / (512 x 2^zoom).
    const perPixel = (40_075_017 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** this.chart.getZoom()) / 1000;
    const wanted = width * 0.2 * perPixel;
    const power = 10 ** Math.floor(Math.log10(wanted));
    const km = [5, 2, 1].map((s) => s * power).find((v) => v <= wanted) ?? power;
    const length = km / perPixel;
    const right = width - 10;
    const bottom = height - 10;
    this.scale.replaceChildren(
      shape("path", { class: "scale", d: `M${(right - length).toFixed(1)} ${bottom - 5}v5h${length.toFixed(1)}v-5` }),
      shape("text", { x: `${right}`, y: `${bottom - 9}`, "text-anchor": "end" }, `${km} km at ${Math.abs(lat).toFixed(0)}° ${lat >= 0 ? "N" : "S"}`),
    );
  }
}
