/**
 * What Lambda's context object says of a call.
 *
 * @module
 */

/**
 * @param {object} call The WIT record `context`.
 * @returns {object} The members under Lambda's names, and the four last,
 *   which Lambda does not have.
 */
export function factsOf(call) {
  return {
    functionVersion: call.functionVersion,
    functionName: call.functionName,
    memoryLimitInMB: String(call.memoryLimitMb),
    logGroupName: `/aws/lambda/${call.functionName}`,
    logStreamName: `[${call.functionVersion}]${call.requestId}`,
    clientContext: undefined,
    identity: undefined,
    invokedFunctionArn: call.invokedFunctionArn,
    awsRequestId: call.requestId,
    getRemainingTimeInMillis: () => call.deadlineMs - Date.now(),
    attempt: call.attempt,
    executionArn: call.executionArn ?? undefined,
    stateName: call.stateName ?? undefined,
    idempotencyToken: call.idempotencyToken ?? undefined,
  };
}
