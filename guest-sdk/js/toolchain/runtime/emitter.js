/**
 * What `process` needs of an event emitter.
 *
 * @module
 */

export class Emitter {
  #listeners = new Map();

  on(name, listener) {
    this.#listeners.set(name, [...this.listeners(name), listener]);
    return this;
  }

  once(name, listener) {
    const wrapper = (...values) => {
      this.off(name, wrapper);
      listener.apply(this, values);
    };
    return this.on(name, Object.assign(wrapper, { listener }));
  }

  off(name, listener) {
    const rest = this.listeners(name).filter((other) => other !== listener && other.listener !== listener);
    this.#listeners.set(name, rest);
    return this;
  }

  removeAllListeners(name) {
    this.#listeners.delete(name);
    return this;
  }

  emit(name, ...values) {
    const called = this.listeners(name);
    for (const listener of called) listener.apply(this, values);
    return called.length > 0;
  }

  listeners(name) {
    return this.#listeners.get(name) ?? [];
  }

  listenerCount(name) {
    return this.listeners(name).length;
  }
}

const { prototype } = Emitter;
prototype.addListener = prototype.on;
prototype.prependListener = prototype.on;
prototype.removeListener = prototype.off;
