/** Fails while it loads. */

throw new RangeError("nothing to load");
