/**
 * Globals that are bundled only with modules that name them, since most
 * functions do without.
 *
 * @module
 */

export { Buffer } from "./inject/buffer.js";
export { TextDecoder, TextEncoder } from "./inject/encoding.js";
export { AbortController, AbortSignal, CustomEvent, Event, EventTarget } from "./inject/events.js";
export { structuredClone } from "./inject/structured-clone.js";
export { URL, URLSearchParams } from "./inject/url.js";
