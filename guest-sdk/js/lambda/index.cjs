"use strict";

exports.invoke = async (...values) => {
  const { invoke } = await import("./index.js");
  return invoke(...values);
};
