"use strict";

module.exports = {
  clearImmediate,
  clearInterval,
  clearTimeout,
  get promises() {
    return require("./timers-promises.cjs");
  },
  setImmediate,
  setInterval,
  setTimeout,
};
