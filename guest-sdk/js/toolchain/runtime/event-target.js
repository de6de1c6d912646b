/**
 * `Event`, `EventTarget`, `AbortController` and `AbortSignal`.
 *
 * There is no tree of targets, so an event neither bubbles nor is captured.
 *
 * @module
 */

import { setTimeout } from "./timers.js";

export class Event {
  #prevented = false;

  constructor(type, { cancelable = false } = {}) {
    this.type = String(type);
    this.cancelable = Boolean(cancelable);
    this.target = null;
    this.stopped = false;
  }

  get currentTarget() {
    return this.target;
  }

  get defaultPrevented() {
    return this.#prevented;
  }

  preventDefault() {
    this.#prevented = this.cancelable;
  }

  stopPropagation() {}

  stopImmediatePropagation() {
    this.stopped = true;
  }
}

export class CustomEvent extends Event {
  constructor(type, options = {}) {
    super(type, options);
    this.detail = options.detail ?? null;
  }
}

export class EventTarget {
  #listeners = [];

  addEventListener(type, callback, options) {
    const { once = false, signal } = typeof options === "object" ? options : {};
    if (!callback || signal?.aborted || this.#find(type, callback)) return;
    this.#listeners.push({ type, callback, once });
    signal?.addEventListener("abort", () => this.removeEventListener(type, callback));
  }

  removeEventListener(type, callback) {
    const found = this.#find(type, callback);
    this.#listeners = this.#listeners.filter((listener) => listener !== found);
  }

  dispatchEvent(event) {
    event.target = this;
    for (const listener of this.#listeners.filter(({ type }) => type === event.type)) {
      if (listener.once) this.removeEventListener(event.type, listener.callback);
      call(listener.callback, this, event);
      if (event.stopped) break;
    }
    return !event.defaultPrevented;
  }

  #find(type, callback) {
    return this.#listeners.find((listener) => listener.type === type && listener.callback === callback);
  }
}

function call(callback, target, event) {
  if (typeof callback === "function") callback.call(target, event);
  else callback.handleEvent(event);
}

export class AbortSignal extends EventTarget {
  aborted = false;
  reason = undefined;
  onabort = null;

  throwIfAborted() {
    if (this.aborted) throw this.reason;
  }

  static abort(reason) {
    const signal = new AbortSignal();
    abort(signal, reason);
    return signal;
  }

  static timeout(milliseconds) {
    const signal = new AbortSignal();
    const reason = new DOMException("The operation was aborted due to timeout", "TimeoutError");
    setTimeout(() => abort(signal, reason), milliseconds).unref();
    return signal;
  }

  static any(signals) {
    const joint = new AbortSignal();
    const first = signals.find((signal) => signal.aborted);
    if (first) abort(joint, first.reason);
    for (const signal of signals) signal.addEventListener("abort", () => abort(joint, signal.reason));
    return joint;
  }
}

export class AbortController {
  signal = new AbortSignal();

  abort(reason) {
    abort(this.signal, reason);
  }
}

function abort(signal, reason = new DOMException("This operation was aborted", "AbortError")) {
  if (signal.aborted) return;
  signal.aborted = true;
  signal.reason = reason;
  const event = new Event("abort");
  signal.onabort?.(event);
  signal.dispatchEvent(event);
}
