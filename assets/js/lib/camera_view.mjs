/**
 * The live picture of a camera in the drill-down: HLS through hls.js, fetched when it is first needed.
 *
 * A picture never looks alive when it is not: without a new frame for 5 s it says so, with its age.
 */
import { el, setText } from "./dom.mjs";
import { age } from "./format.mjs";
import { t } from "./i18n.mjs";

/** No new frame for so long: the picture is frozen. */
export const FROZEN_MS = 5000;
/** A picture older than this is not the present, even while it moves. */
export const LATE_MS = 30_000;
const LOOK_MS = 500;
const RETRY_MS = 3000;

/**
 * What is said of a picture.
 * @param {{opened: number, frame: number|null, taken: number|null, refused: boolean}} state when it was opened, when
 * the last new frame was shown, and when that one was taken, all in ms
 * @param {number} now
 * @returns {{kind: "waiting"|"live"|"frozen"|"refused", text: string}}
 */
export function standing({ opened, frame, taken, refused }, now) {
  if (refused) return { kind: "refused", text: t("此摄像机没有视频流") };
  const quiet = now - (frame ?? opened);
  if (frame === null && quiet < FROZEN_MS) return { kind: "waiting", text: t("正在连接摄像机…") };
  if (frame === null) return { kind: "frozen", text: t("没有画面") };
  const late = now - (taken ?? frame);
  const since = age(late);
  if (quiet >= FROZEN_MS || late >= LATE_MS) return { kind: "frozen", text: t("画面停滞 · 最后画面 {age}", { age: since }) };
  return { kind: "live", text: t("实时 · 拍摄于 {age}", { age: since }) };
}

let library = null;

/** Loads hls.js once. @returns {Promise<any>} its class */
function loadHls() {
  library ??= new Promise((resolve, reject) => {
    const entry = document.querySelector('script[type="module"][src*="/js/"]').src;
    const script = el("script", { src: new URL("vendor/hls.light.min.js", entry).href });
    script.addEventListener("load", () => resolve(window.Hls));
    script.addEventListener("error", () => {
      library = null;
      reject(new Error("hls.js did not load"));
    });
    document.head.append(script);
  });
  return library;
}

const urlOf = (id) => `/live/camera/${encodeURIComponent(id)}/index.m3u8`;

/** Starts playing; returns how to ask for the time of the picture and how to end. */
async function play(video, id, onRefused) {
  const Hls = await loadHls();
  if (!Hls.isSupported()) {
    video.src = urlOf(id);
    return { taken: () => null, end: () => video.removeAttribute("src") };
  }
  // No worker: it would come from a blob, which the page's security policy refuses.
  const hls = new Hls({ enableWorker: false, liveSyncDurationCount: 2, backBufferLength: 10 });
  hls.on(Hls.Events.ERROR, (_event, { fatal, type, response }) => {
    if (response?.code === 404) onRefused();
    if (!fatal) return;
    if (type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else setTimeout(() => hls.loadSource(urlOf(id)), RETRY_MS);
  });
  hls.loadSource(urlOf(id));
  hls.attachMedia(video);
  return { taken: () => hls.playingDate?.getTime() ?? null, end: () => hls.destroy() };
}

class CameraView {
  /** @param {HTMLElement} place its button stays Dash's; what is added here is ours */
  constructor(place, now) {
    this.place = place;
    this.now = now;
    this.state = { opened: now(), frame: null, taken: null, refused: false };
    this.video = el("video", { class: "camera-video", muted: true, autoplay: true, playsinline: true, "aria-label": place.dataset.name });
    this.video.muted = true;
    this.word = el("p", { class: "camera-state num", role: "status" });
    const close = el("button", { type: "button", class: "button button-small", onclick: () => this.end(), text: t("关闭画面") });
    this.node = el("div", { class: "camera-view" }, this.video, el("div", { class: "camera-foot" }, this.word, close));
    this.button = place.querySelector('[data-action="camera-open"]');
  }

  async start() {
    this.button.hidden = true;
    this.place.append(this.node);
    this.timer = setInterval(() => this.#look(), LOOK_MS);
    this.#look();
    const onFrame = () => {
      this.state.frame = this.now();
      this.state.taken = this.stream?.taken() ?? null;
      this.video.requestVideoFrameCallback(onFrame);
    };
    this.video.requestVideoFrameCallback(onFrame);
    try {
      this.stream = await play(this.video, this.place.dataset.camera, () => (this.state.refused = true));
      this.video.play().catch(() => this.video.setAttribute("controls", "")); // the browser wants a click first
    } catch {
      this.state.refused = true;
    }
  }

  #look() {
    if (!this.node.isConnected) {
      this.end();
      return;
    }
    const { kind, text } = standing(this.state, this.now());
    this.node.dataset.state = kind;
    setText(this.word, text);
  }

  end() {
    clearInterval(this.timer);
    this.stream?.end();
    this.node.remove();
    this.button.hidden = false;
    if (this.button.isConnected) this.button.focus();
  }
}

/**
 * @param {HTMLElement} root the drill-down
 * @param {() => number} now server time
 */
export function bindCameras(root, now) {
  root.addEventListener("click", (event) => {
    const place = event.target.closest('[data-action="camera-open"]')?.closest(".camera");
    if (place) new CameraView(place, now).start();
  });
}
