/** A line at the foot of the page that says what was done, read out by screen readers. */
import { make, one } from "./dom";

let timer = 0;

export function toast(text: string, undo?: { label: string; act: () => void }): void {
  let holder = one("#toast");
  if (!holder) {
    holder = make("div", { id: "toast", class: "toast", role: "status", "aria-live": "polite" });
    document.body.append(holder);
  }
  holder.replaceChildren(make("span", {}, text));
  if (undo) {
    const button = make("button", { type: "button", class: "quiet" }, undo.label);
    button.addEventListener("click", () => {
      holder.replaceChildren();
      undo.act();
    });
    holder.append(button);
  }
  clearTimeout(timer);
  // Long enough to read and reach; one that can be undone stays longer (WCAG 2.2.1 is met by the history beside it).
  timer = window.setTimeout(() => holder.replaceChildren(), undo ? 20_000 : 6_000);
}
