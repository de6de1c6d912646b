/**
 * The globals `URL` and `URLSearchParams`.
 *
 * @module
 */

import URL from "core-js-pure/web/url";
import URLSearchParams from "core-js-pure/web/url-search-params";
import { installGlobals } from "../install.js";

installGlobals({ URL, URLSearchParams });
