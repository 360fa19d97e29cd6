/**
 * Keeps every Leaflet map that a page creates where the modules can find it.
 *
 * A plain script: it must run after dash_leaflet's bundle (which brings `window.L`) and before
 * Dash's renderer, which creates the map.
 */
(() => {
  const maps = [];
  const listeners = [];

  window.xt = {
    maps,
    /** Calls `fn(map)` for every map of the page, now or when it is created. */
    onMap(fn) {
      listeners.push(fn);
      maps.forEach((map) => fn(map));
    },
  };

  window.L.Map.addInitHook(function keepMap() {
    maps.push(this);
    this.on("unload", () => maps.splice(maps.indexOf(this), 1));
    this.whenReady(() => listeners.forEach((fn) => fn(this)));
  });
})();
