const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const handler = async (data) => {
  await later(5);
  return { ...data, isRecording: true };
};
