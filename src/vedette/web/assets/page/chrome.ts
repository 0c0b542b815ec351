/** What surrounds every page: theme, clock, local times, links that are copied, forms that send themselves. */
import { all, one, post } from "./dom";
import { toast } from "./toast";

function dark(): boolean {
  const set = document.documentElement.dataset["theme"];
  return set === "dark" || (set !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}

function startTheme(): void {
  for (const button of all("[data-theme-toggle]")) {
    const say = (): void => { button.textContent = dark() ? "Light" : "Dark"; };
    say();
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const next = dark() ? "light" : "dark";
      document.documentElement.dataset["theme"] = next;
      void post("/look", { theme: next });
      say();
      document.dispatchEvent(new CustomEvent("vedette:theme"));
    });
  }
}

const clockTime = (when: Date, zone?: string): string =>
  when.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...(zone ? { timeZone: zone } : {}) });

function startClock(): void {
  const clock = one("[data-clock]");
  if (!clock) return;
  const show = (): void => {
    const now = new Date();
    const utc = clockTime(now, "UTC");
    const local = clockTime(now);
    clock.textContent = utc === local ? `${utc} UTC` : `${utc} UTC ${local} local`;
  };
  show();
  setInterval(show, 15_000);
}

/** The server prints UTC; the reader's own time stands beside it. */
export function localTimes(within: ParentNode = document): void {
  for (const element of all<HTMLTimeElement>("time[datetime][data-local]", within)) {
    const when = new Date(element.dateTime);
    if (Number.isNaN(when.getTime())) continue;
    delete element.dataset["local"];
    const day = (zone?: string): string =>
      when.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...(zone ? { timeZone: zone } : {}) });
    const local = clockTime(when);
    if (local === clockTime(when, "UTC") && day() === day("UTC")) continue;
    element.append(` (${day() === day("UTC") ? "" : day() + " "}${local} local)`);
  }
}

function startCopying(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy-link],[data-copy]") : null;
    if (!button) return;
    const text = button.dataset["copy"] ?? location.href;
    navigator.clipboard.writeText(text).then(
      () => toast(button.dataset["copy"] ? "Copied" : "Link copied: it holds the whole view"),
      () => toast("The browser did not allow copying; the address bar holds the link"),
    );
  });
}

/** Dates and choices that act at once; without scripts a button beside them does. */
function startSending(): void {
  document.addEventListener("change", (event) => {
    const control = event.target;
    if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) {
      if (control.closest("[data-send]") && control.checkValidity()) control.form?.requestSubmit();
    }
  });
}

/** A form that takes a while says so and is not sent twice; its answer is a page of its own. */
function startBusy(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset["busy"] || event.defaultPrevented) return;
    if (form.classList.contains("busy")) {
      event.preventDefault();
      return;
    }
    form.classList.add("busy");
    form.setAttribute("aria-busy", "true");
    toast(`${form.dataset["busy"]} …`);
  });
  // A page that comes back from the history is not busy any more.
  addEventListener("pageshow", () => {
    for (const form of all("form.busy")) {
      form.classList.remove("busy");
      form.removeAttribute("aria-busy");
    }
  });
}

export function startChrome(): void {
  document.documentElement.classList.add("js");
  startTheme();
  startClock();
  localTimes();
  startCopying();
  startSending();
  startBusy();
}
