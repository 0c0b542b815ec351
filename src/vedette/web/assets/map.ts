/**
 * The map of a case. It replaces the drawing that the server put into its place; where the browser cannot draw it (no
 * WebGL), or no answer comes, that drawing stays and nothing is fetched.
 *
 * <div data-island="map" data-src="/cases/ID/map.json">... drawing, marked data-map-still ...</div>
 */
function able(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

export async function mount(element: HTMLElement): Promise<void> {
  if (!able()) {
    element.dataset["still"] = "yes";
    return;
  }
  const { draw } = await import("./page/map-chart");
  await draw(element);
}
