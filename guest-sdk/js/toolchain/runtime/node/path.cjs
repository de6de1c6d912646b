"use strict";

const posix = require("path-browserify");

module.exports = Object.assign(posix, { posix });
