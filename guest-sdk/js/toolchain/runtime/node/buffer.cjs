"use strict";

const { Buffer } = require("../buffer.cjs");

module.exports = { ...require("buffer"), Buffer, atob, btoa };
