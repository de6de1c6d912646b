const handler = async (data) => ({ ...data, isRecording: true });

module.exports = { handler };
