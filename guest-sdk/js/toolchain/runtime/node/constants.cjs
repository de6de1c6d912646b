"use strict";

module.exports = { ...require("./os.cjs").constants.signals };
