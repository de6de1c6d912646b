/**
 * The global `structuredClone`.
 *
 * @module
 */

import { structuredClone } from "../structured-clone.js";
import { installGlobals } from "../install.js";

installGlobals({ structuredClone });
