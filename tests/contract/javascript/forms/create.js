'use strict';

// The form of the Serverless Framework's articles: asynchronous, and calling back.
module.exports.create = async function (event, context, callback) {
  const data = event;
  console.log(data);
  callback(null, { ...data, isRecording: true });
};
