/**
 * Values as text for a person, in the manner of Node's `util.inspect`.
 *
 * @module
 */

/** How wide an object may be on one line, in characters. */
const LINE_WIDTH = 72;
const DEFAULT_DEPTH = 2;
const MOST_ITEMS = 100;

/** With this symbol an object says how it is shown. */
export const customInspect = Symbol.for("nodejs.util.inspect.custom");

/** Shows any value. */
export function inspect(value, options = {}) {
  const depth = options?.depth === null ? Infinity : (options?.depth ?? DEFAULT_DEPTH);
  return new Inspection(depth, options ?? {}).show(value, 0);
}

inspect.custom = customInspect;

/** Joins values like `console.log`: `%s`, `%d`, `%i`, `%f`, `%j`, `%o`, `%O`, `%c`. */
export function format(...values) {
  const rest = [...values];
  const parts = [];
  if (typeof rest[0] === "string") parts.push(fill(rest.shift(), rest));
  return [...parts, ...rest.map(plain)].join(" ");
}

function fill(template, rest) {
  if (rest.length === 0) return template;
  return template.replace(/%[sdifjoOc%]/g, (directive) => {
    if (directive === "%%") return "%";
    return rest.length > 0 ? FORMATS[directive](rest.shift()) : directive;
  });
}

const FORMATS = {
  "%s": (value) => (typeof value === "object" && value !== null ? inspect(value, { depth: 0 }) : asString(value)),
  "%d": (value) => (typeof value === "object" ? "NaN" : asNumber(value, Number)),
  "%i": (value) => (typeof value === "object" ? "NaN" : asNumber(value, parseInt)),
  "%f": (value) => String(typeof value === "symbol" ? NaN : parseFloat(value)),
  "%j": (value) => asJson(value),
  "%o": (value) => inspect(value, { depth: 4 }),
  "%O": (value) => inspect(value),
  "%c": () => "",
};

function asString(value) {
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : String(value);
}

function asNumber(value, convert) {
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "symbol" ? "NaN" : asString(convert(value));
}

function asJson(value) {
  try {
    return JSON.stringify(value) ?? "undefined";
  } catch {
    return "[Circular]";
  }
}

function plain(value) {
  return typeof value === "string" ? value : inspect(value);
}

class Inspection {
  constructor(depth, options) {
    this.depth = depth;
    this.options = options;
    this.above = [];
  }

  show(value, level) {
    if (typeof value === "function") return this.showFunction(value, level);
    if (typeof value !== "object" || value === null) return showPrimitive(value);
    if (this.above.includes(value)) return "[Circular *1]";
    return this.showObject(value, level);
  }

  showObject(value, level) {
    const custom = value[customInspect];
    if (typeof custom === "function" && custom !== inspect) return this.showCustom(value, custom, level);
    const prefix = prefixOf(value);
    if (level > this.depth) return `[${Array.isArray(value) ? "Array" : nameIn(prefix)}]`;
    this.above.push(value);
    const shown = this.showMembers(value, prefix, level);
    this.above.pop();
    return shown;
  }

  showCustom(value, custom, level) {
    const shown = custom.call(value, this.depth - level, this.options, inspect);
    return typeof shown === "string" ? shown : this.show(shown, level);
  }

  showFunction(value, level) {
    const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? "class" : value.constructor?.name;
    const name = value.name ? `${kind === "class" ? " " : ": "}${value.name}` : " (anonymous)";
    const members = this.members(value, Object.keys(value), level);
    return members.length > 0 ? `[${kind}${name}] ${wrap("{", members, "}", level)}` : `[${kind}${name}]`;
  }

  showMembers(value, prefix, level) {
    const base = showLeaf(value);
    const items = this.items(value, level);
    const isList = Array.isArray(value) || ArrayBuffer.isView(value);
    const keys = Reflect.ownKeys(value).filter((key) => isShown(value, key, isList));
    const members = [...(items ?? []), ...this.members(value, keys, level)];
    if (base !== undefined) return members.length > 0 ? `${base} ${wrap("{", members, "}", level)}` : base;
    return isList ? wrap(`${prefix}[`, members, "]", level) : wrap(`${prefix}{`, members, "}", level);
  }

  items(value, level) {
    if (Array.isArray(value) || ArrayBuffer.isView(value)) return this.list(value, level);
    if (value instanceof Set) return this.list([...value], level);
    if (value instanceof Map) {
      return [...value].map(([key, item]) => `${this.show(key, level + 1)} => ${this.show(item, level + 1)}`);
    }
    return undefined;
  }

  list(values, level) {
    if (values instanceof DataView) return [];
    const shown = Array.from(values.slice(0, MOST_ITEMS), (item) => this.show(item, level + 1));
    const rest = values.length - shown.length;
    return rest > 0 ? [...shown, `... ${rest} more item${rest > 1 ? "s" : ""}`] : shown;
  }

  members(value, keys, level) {
    return keys.map((key) => `${showKey(key)}: ${this.showProperty(value, key, level)}`);
  }

  showProperty(value, key, level) {
    const { get, set, value: member } = Object.getOwnPropertyDescriptor(value, key);
    if (get) return set ? "[Getter/Setter]" : "[Getter]";
    return set ? "[Setter]" : this.show(member, level + 1);
  }
}

function showPrimitive(value) {
  return typeof value === "string" ? quote(value) : asString(value);
}

function quote(text) {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes("`") ? "`" : "'";
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return mark + (mark === "'" ? inner.replaceAll("'", "\\'") : inner) + mark;
}

function showKey(key) {
  if (typeof key === "symbol") return `[${String(key)}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}

/** What stands for a whole object that is not a mere bag of members. */
function showLeaf(value) {
  if (value instanceof Error) return showError(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (value instanceof Promise) return "Promise { <unknown> }";
  if (value instanceof WeakMap || value instanceof WeakSet) return `${value.constructor.name} { <items unknown> }`;
  if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    return `[${value.constructor.name}: ${showPrimitive(value.valueOf())}]`;
  }
  return undefined;
}

function showError(error) {
  const stack = typeof error.stack === "string" && error.stack !== "" ? error.stack : `[${error}]`;
  return error.cause === undefined ? stack : `${stack}\n  [cause]: ${inspect(error.cause)}`;
}

/** Members of an error that its stack shows already. */
const IN_STACK = ["stack", "name", "message", "cause"];

function isShown(value, key, isList) {
  if (isList && /^\d+$/.test(String(key))) return false;
  if (value instanceof Error && IN_STACK.includes(key)) return false;
  return Object.prototype.propertyIsEnumerable.call(value, key);
}

function prefixOf(value) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null) return "[Object: null prototype] ";
  const name = prototype.constructor?.name ?? "Object";
  const size = value.size ?? value.length;
  if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) return `${name}(${size}) `;
  if (Array.isArray(value)) return name === "Array" ? "" : `${name}(${size}) `;
  return name === "Object" ? "" : `${name} `;
}

/** `Map(1) ` is of the class `Map`, `[Object: null prototype] ` of none. */
function nameIn(prefix) {
  return prefix.replace(/^\[|(?:\(\d+\)|\])? $/g, "") || "Object";
}

function wrap(open, members, close, level) {
  if (members.length === 0) return `${open}${close}`;
  const line = members.join(", ");
  if (line.length + open.length <= LINE_WIDTH && !line.includes("\n")) return `${open} ${line} ${close}`;
  const indentation = "  ".repeat(level + 1);
  return `${open}\n${members.map((member) => indentation + member).join(",\n")}\n${indentation.slice(2)}${close}`;
}
