export enum State {
  Idle = "idle",
  Recording = "recording",
}

export type Recording<T> = T & { isRecording: boolean };
