/** The one script of the pages: defines the custom elements a page uses, and loads only those. */

const ELEMENTS: Record<string, () => Promise<unknown>> = {
  "video-wall": () => import("./elements/video_wall"),
  "sync-player": () => import("./elements/sync_player"),
};

for (const [name, load] of Object.entries(ELEMENTS)) {
  if (document.querySelector(name) !== null) {
    void load();
  }
}
