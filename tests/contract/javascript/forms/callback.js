'use strict';

exports.handler = function (data, context, callback) {
  setTimeout(() => callback(null, { ...data, isRecording: true }), 5);
};
