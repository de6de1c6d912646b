/** Whatever JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** How a handler answers by callback: an error, or null and the result. */
export type Callback<Result = any> = (error?: Error | string | null, result?: Result) => void;

/**
 * Handles one event.
 *
 * It answers with what it returns, with a promise of it, or through
 * `callback`; the first answer counts.
 */
export type Handler<Event = any, Result = any> = (
  event: Event,
  context: Context,
  callback: Callback<Result>,
) => Result | Promise<Result | void> | void;

/** The circumstances of one call: Lambda's context object. */
export interface Context {
  /**
   * Whether an answer by callback waits until nothing is left to run. True
   * unless the handler sets it to false.
   */
  callbackWaitsForEmptyEventLoop: boolean;
  readonly functionName: string;
  /** `$LATEST` or a version's number. */
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  /** In MB, as a string: Lambda's runtime for Node has it so. */
  readonly memoryLimitInMB: string;
  /** Identifies the call; each line of its log bears it. */
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly identity: undefined;
  /** The client context of an `Invoke` is not handed on. */
  readonly clientContext: undefined;

  /** How long until the call is stopped with `Sandbox.Timedout`, in milliseconds. */
  getRemainingTimeInMillis(): number;

  /** Answers at once, like a callback that does not wait. */
  done(error?: Error | string | null, result?: unknown): void;
  succeed(result?: unknown): void;
  fail(error?: Error | string | null): void;

  /** 1 for the first attempt; a retrier counts it up. Lambda does not have it. */
  readonly attempt: number;
  /** The execution's ARN, when a state machine calls. Lambda does not have it. */
  readonly executionArn?: string;
  /** The state's name, when a state machine calls. Lambda does not have it. */
  readonly stateName?: string;
  /**
   * The same for every attempt at the same task, and for no other: what to
   * hand to a service that ignores a request it has already carried out.
   * Lambda does not have it.
   */
  readonly idempotencyToken?: string;
}

export interface InvokeOptions {
  /** In milliseconds; 3,000 if nothing is said. */
  timeout?: number;
  /** Members of the context that the handler should see. */
  context?: Partial<Context>;
}

/**
 * Runs a handler under Node, as a component would, for its unit tests.
 *
 * The event and the result pass through JSON. The promise is rejected with
 * what the handler threw, or with an error named `Sandbox.Timedout`.
 */
export function invoke<Event = any, Result = any>(
  handler: Handler<Event, Result>,
  event?: Event,
  options?: InvokeOptions,
): Promise<Result>;
