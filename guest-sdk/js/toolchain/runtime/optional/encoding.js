/**
 * The globals `TextDecoder` and `TextEncoder`.
 *
 * @module
 */

import { TextDecoder, TextEncoder } from "../text-coding.js";
import { installGlobals } from "../install.js";

installGlobals({ TextDecoder, TextEncoder });
