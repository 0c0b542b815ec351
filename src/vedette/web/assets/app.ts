/**
 * The one script that every page loads. Larger parts ("islands") are loaded when their element comes into sight:
 * <div data-island="map"> loads built/map.js and calls its mount(element).
 */
import htmx from "htmx.org";
import { localTimes, startChrome } from "./page/chrome";
import { all } from "./page/dom";
import { startKeys } from "./page/keys";
import { startPalette } from "./page/palette";
import { toast } from "./page/toast";

interface Island { mount: (element: HTMLElement) => void | Promise<void> }

const NAME = /^[a-z][a-z-]{0,30}$/;

function load(element: HTMLElement): void {
  const name = element.dataset["island"] ?? "";
  if (!NAME.test(name) || element.dataset["mounted"]) return;
  element.dataset["mounted"] = "loading";
  // Computed on purpose: each island is a file of its own beside this one.
  const address = new URL(`./${name}.js`, import.meta.url).href;
  (import(address) as Promise<Island>).then((island) => island.mount(element)).then(
    () => (element.dataset["mounted"] = "yes"),
    (problem: unknown) => {
      element.dataset["mounted"] = "failed";
      console.warn(`the ${name} part could not be loaded`, problem);
    },
  );
}

const watcher = new IntersectionObserver(
  (seen) => {
    for (const entry of seen) {
      if (!entry.isIntersecting || !(entry.target instanceof HTMLElement)) continue;
      watcher.unobserve(entry.target);
      load(entry.target);
    }
  },
  { rootMargin: "200px" },
);

function findIslands(within: ParentNode = document): void {
  for (const element of all("[data-island]:not([data-mounted])", within)) {
    if (element.dataset["when"] === "now") load(element);
    else watcher.observe(element);
  }
}

startChrome();
startKeys();
startPalette();
findIslands();
document.addEventListener("htmx:after:swap", () => {
  findIslands();
  localTimes();
});
document.addEventListener("htmx:error", () => toast("The server did not answer. What you see is as it was."));
for (const flash of all("[data-toast]")) toast(flash.dataset["toast"] ?? "");
export { htmx };
