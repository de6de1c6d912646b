exports.api = { recorder: { start: async (data) => ({ ...data, isRecording: true }) } };
