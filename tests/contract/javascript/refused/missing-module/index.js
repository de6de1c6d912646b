const { total } = require("./prices");

exports.handler = async (event) => total(event);
