export default async function record(data) {
  return { ...data, isRecording: true };
}
