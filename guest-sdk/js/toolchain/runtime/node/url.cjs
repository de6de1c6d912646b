"use strict";

const { parse: parseQuery } = require("./querystring.cjs");

/** The parts of `url.parse`, in the order in which Node lists them. */
const ADDRESS =
  /^([A-Za-z][A-Za-z0-9+.-]*:)?(\/\/)?(?:([^/?#@]*)@)?(?:((?:\[[^\]]*\])|[^/:?#]*)(?::(\d+))?)?([^?#]*)(\?[^#]*)?(#.*)?$/;

function parse(address, parsesQuery = false) {
  const [, protocol = null, slashes, auth = null, hostname, port = null, pathname, search = null, hash = null] =
    split(address);
  const query = search?.slice(1) ?? null;
  return {
    protocol: protocol?.toLowerCase() ?? null,
    slashes: slashes ? true : null,
    auth: auth === null ? null : decodeURIComponent(auth),
    host: hostname ? hostname.toLowerCase() + (port ? `:${port}` : "") : null,
    port,
    hostname: hostname?.toLowerCase().replace(/^\[|\]$/g, "") || null,
    hash,
    search,
    query: parsesQuery ? parseQuery(query) : query,
    pathname: pathname || (slashes ? "/" : null),
    path: (pathname || (slashes ? "/" : "")) + (search ?? "") || null,
    href: address,
  };
}

// Without slashes there is no host: `/path?query`.
function split(address) {
  const parts = ADDRESS.exec(address);
  if (parts[2]) return parts;
  const [, protocol, pathname, search, hash] = /^([A-Za-z][A-Za-z0-9+.-]*:)?([^?#]*)(\?[^#]*)?(#.*)?$/.exec(address);
  return [address, protocol, undefined, undefined, "", undefined, pathname, search, hash];
}

function format(address) {
  if (typeof address === "string" || address instanceof URL) return String(address);
  const { protocol = "", auth, hash = "", pathname = "" } = address;
  const host = address.host ?? (address.hostname ? address.hostname + (address.port ? `:${address.port}` : "") : "");
  const slashes = host || address.slashes ? "//" : "";
  const prefix = protocol && !protocol.endsWith(":") ? `${protocol}:` : (protocol ?? "");
  return `${prefix}${slashes}${auth ? `${auth}@` : ""}${host}${pathname ?? ""}${searchOf(address)}${hash ?? ""}`;
}

function searchOf({ search, query }) {
  if (search) return search.startsWith("?") ? search : `?${search}`;
  if (!query || typeof query === "string") return query ? `?${query}` : "";
  const text = String(new URLSearchParams(query));
  return text ? `?${text}` : "";
}

function resolve(from, to) {
  const base = new URL(from, "resolve:///");
  const resolved = new URL(to, base);
  if (resolved.protocol !== "resolve:") return resolved.toString();
  return resolved.pathname + resolved.search + resolved.hash;
}

function fileURLToPath(address) {
  const url = new URL(address);
  if (url.protocol !== "file:") throw new TypeError("The URL must be of scheme file");
  return decodeURIComponent(url.pathname);
}

function pathToFileURL(path) {
  return new URL(`file://${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`);
}

module.exports = { URL, URLSearchParams, fileURLToPath, format, parse, pathToFileURL, resolve };
