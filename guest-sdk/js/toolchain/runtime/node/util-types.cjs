"use strict";

const AsyncFunction = (async () => {}).constructor;
const GeneratorFunction = function* () {}.constructor;

const tag = (value) => Object.prototype.toString.call(value).slice(8, -1);
const isA = (Kind) => (value) => value instanceof Kind;

module.exports = {
  isAnyArrayBuffer: (value) => value instanceof ArrayBuffer || value instanceof SharedArrayBuffer,
  isArrayBuffer: isA(ArrayBuffer),
  isArrayBufferView: ArrayBuffer.isView,
  isAsyncFunction: isA(AsyncFunction),
  isBoxedPrimitive: (value) => [Number, String, Boolean, Symbol, BigInt].some((Kind) => value instanceof Kind),
  isDataView: isA(DataView),
  isDate: isA(Date),
  isGeneratorFunction: isA(GeneratorFunction),
  isMap: isA(Map),
  isNativeError: isA(Error),
  isPromise: isA(Promise),
  isProxy: () => false,
  isRegExp: isA(RegExp),
  isSet: isA(Set),
  isTypedArray: (value) => ArrayBuffer.isView(value) && !(value instanceof DataView),
  isUint8Array: (value) => tag(value) === "Uint8Array",
  isWeakMap: isA(WeakMap),
  isWeakSet: isA(WeakSet),
};
