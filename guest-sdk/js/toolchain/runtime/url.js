/**
 * `URL`, which says as Node does what is no address.
 *
 * @module
 */

import CoreURL from "core-js-pure/web/url";

export const URL = new Proxy(CoreURL, { construct });
CoreURL.prototype.constructor = URL;

function construct(target, args, newTarget) {
  try {
    return Reflect.construct(target, args, newTarget);
  } catch {
    const [input, base] = args.map(String);
    const facts = { code: "ERR_INVALID_URL", input, ...(base !== undefined && { base }) };
    throw Object.assign(new TypeError("Invalid URL"), facts);
  }
}
