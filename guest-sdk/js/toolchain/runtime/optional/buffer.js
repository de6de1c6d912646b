/**
 * The global `Buffer`.
 *
 * @module
 */

import { Buffer } from "buffer";
import { installGlobals } from "../install.js";

installGlobals({ Buffer });
