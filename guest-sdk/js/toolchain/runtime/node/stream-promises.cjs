"use strict";

module.exports = require("./stream.cjs").promises;
