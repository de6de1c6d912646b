"use strict";

/** Stops the recording of a class, if there is one. */
module.exports.create = async (event) => {
  if (event.isRecording) {
    console.log(`the recording ends at ${event.end}`);
  } else {
    console.warn("there is no recording to stop");
  }
  return event;
};
