/** The interval glyph of reporting/glyphs.py, drawn here for answers that come while a slider moves. */
import { shape } from "./dom";

const WORDS = [0.05, 0.2, 0.45, 0.55, 0.8, 0.95];
const at = (p: number): string => `${(100 * Math.min(Math.max(p, 0), 1)).toFixed(2)}%`;

export function interval(value: number, inner: [number, number], outer: [number, number]): SVGElement {
  const [a, b] = outer.map(at);
  const mark = (css: string, x: string, y1: number, y2: number): SVGElement =>
    shape("line", { class: css, x1: x, x2: x, y1: `${y1}`, y2: `${y2}` });
  return shape(
    "svg", { class: "ig sel", height: "44", "aria-hidden": "true" },
    ...WORDS.map((p) => mark("gl", at(p), 0, 44)),
    shape("line", { class: "w", x1: a ?? "0", x2: b ?? "0", y1: "17", y2: "17" }), mark("w", a ?? "0", 12, 22), mark("w", b ?? "0", 12, 22),
    shape("rect", { class: "b", x: at(inner[0]), width: at(inner[1] - inner[0]), y: "12", height: "10" }), mark("t", at(value), 8, 26),
  );
}
