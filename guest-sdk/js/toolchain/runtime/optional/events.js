/**
 * The globals `AbortController`, `AbortSignal`, `CustomEvent`, `Event` and `EventTarget`.
 *
 * @module
 */

import { AbortController, AbortSignal, CustomEvent, Event, EventTarget } from "../event-target.js";
import { installGlobals } from "../install.js";

installGlobals({ AbortController, AbortSignal, CustomEvent, Event, EventTarget });
