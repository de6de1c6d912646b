exports.handler = (data) =>
  new Promise((resolve) => setTimeout(() => resolve({ ...data, isRecording: true }), 5));
