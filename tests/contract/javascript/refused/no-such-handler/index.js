exports.create = async () => null;
exports.remove = async () => null;
