/**
 * Whether anything that a handler began is still to come, under Node.
 *
 * @module
 */

/** How often the loop is looked at, in milliseconds. */
const INTERVAL = 1;

/**
 * Node's event loop without what was in it before, such as a test runner's own
 * handles, and without the timer that looks at it, which counts as active
 * while it runs.
 */
export class NodeEventLoop {
  #before = countActive({ Timeout: 1 });
  #listener;
  #timer;

  /** Sets the listener that is told when the loop is empty. */
  whenEmpty(listener) {
    this.#listener = listener;
    this.#timer ??= setTimeout(() => this.#look(), INTERVAL);
  }

  /** Looks no more: the handler has been answered. */
  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look() {
    this.#timer = undefined;
    const listener = this.#listener;
    if (this.#isEmpty()) listener();
    else this.whenEmpty(listener);
  }

  #isEmpty() {
    const before = { ...this.#before };
    return process.getActiveResourcesInfo().every((kind) => before[kind]-- > 0);
  }
}

function countActive(counts) {
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
