"use strict";

module.exports = { ...require("buffer"), atob, btoa };
