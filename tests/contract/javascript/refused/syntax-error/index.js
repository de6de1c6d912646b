/** Does not parse: a bracket is missing. */
exports.handler = async (event) => {
  return { ...event, total: [1, 2 };
};
