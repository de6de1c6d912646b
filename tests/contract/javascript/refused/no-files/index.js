const path = "a";
const fs = require("fs");

exports.handler = async () => fs.readFileSync(path, "utf8");
