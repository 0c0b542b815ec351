/**
 * The tour of the demo case: a note beside one part of the page at a time. It never hides the page, takes the keys of a
 * dialog only while it has the focus, and is gone for good once it is closed.
 *
 * <div data-island="tour" data-when="now" data-steps="tour-steps" hidden></div>
 */
import { calm, data, make, one, post } from "./page/dom";

interface Step { at: string; title: string; text: string }

export function mount(holder: HTMLElement): void {
  const steps = data<Step[]>(holder.dataset["steps"] ?? "tour-steps")?.filter((step) => one(step.at));
  if (!steps?.length) return;
  let at = 0;
  const title = make("h2", { id: "tour-title", tabindex: "-1" });
  const text = make("p", {});
  const count = make("span", { class: "note" });
  const back = make("button", { type: "button" }, "Back");
  const next = make("button", { type: "button", class: "primary" }, "Next");
  const end = make("button", { type: "button", class: "quiet" }, "End the tour");
  const panel = make(
    "section", { class: "tour", "aria-labelledby": "tour-title", role: "region" }, title, text,
    make("p", { class: "acts" }, back, next, end, count),
  );
  const mark = (on: boolean): Element | null => {
    const target = one(steps[at]?.at ?? "");
    target?.classList.toggle("tour-at", on);
    return target;
  };
  const show = (step: number): void => {
    mark(false);
    at = Math.min(Math.max(step, 0), steps.length - 1);
    title.textContent = steps[at]?.title ?? "";
    text.textContent = steps[at]?.text ?? "";
    count.textContent = `${at + 1} of ${steps.length}`;
    back.disabled = at === 0;
    next.textContent = at === steps.length - 1 ? "Done" : "Next";
    mark(true)?.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    title.focus({ preventScroll: true });
  };
  const close = (): void => {
    mark(false);
    panel.remove();
    void post("/tour", { seen: "yes" });
  };
  back.addEventListener("click", () => show(at - 1));
  next.addEventListener("click", () => (at === steps.length - 1 ? close() : show(at + 1)));
  end.addEventListener("click", close);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "ArrowRight") next.click();
    else if (event.key === "ArrowLeft" && at > 0) back.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.body.append(panel);
  show(0);
}
