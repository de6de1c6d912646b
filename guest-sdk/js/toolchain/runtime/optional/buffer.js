/**
 * The global `Buffer`.
 *
 * @module
 */

import { Buffer } from "../buffer.cjs";
import { installGlobals } from "../install.js";

installGlobals({ Buffer });
