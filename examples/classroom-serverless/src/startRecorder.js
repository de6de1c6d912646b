"use strict";

/** Starts the recording of a class, and tells the states behind this one. */
module.exports.create = async function (event, context, callback) {
  console.log(`recording from ${event.start} to ${event.end}`);
  callback(null, { ...event, isRecording: true });
};
