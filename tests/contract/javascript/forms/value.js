exports.handler = (data) => ({ ...data, isRecording: true });
