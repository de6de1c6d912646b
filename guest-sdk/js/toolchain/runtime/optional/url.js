/**
 * The globals `URL` and `URLSearchParams`.
 *
 * @module
 */

import URLSearchParams from "core-js-pure/web/url-search-params";
import { installGlobals } from "../install.js";
import { URL } from "../url.js";

installGlobals({ URL, URLSearchParams });
