/**
 * How globals get where handlers look for them.
 *
 * @module
 */

/** Defines each as the engine's own are: hidden from `Object.keys`. */
export function installGlobals(globals) {
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}
