import type { Context, Handler } from "@sandstep/lambda";
import { State, type Recording } from "./types";

interface Class {
  start: string;
}

export const handler: Handler<Class, Recording<Class>> = async (data: Class, context: Context) => {
  const state = data satisfies Class ? State.Recording : State.Idle;
  return { ...data, isRecording: state === State.Recording && context.attempt > 0 };
};
