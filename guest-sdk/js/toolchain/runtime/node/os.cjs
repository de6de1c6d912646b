"use strict";

const constants = { signals: { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 } };

module.exports = {
  EOL: "\n",
  arch: () => process.arch,
  availableParallelism: () => 1,
  constants,
  cpus: () => [],
  endianness: () => "LE",
  freemem: () => 0,
  homedir: () => "/",
  hostname: () => "localhost",
  loadavg: () => [0, 0, 0],
  networkInterfaces: () => ({}),
  platform: () => process.platform,
  release: () => "",
  tmpdir: () => "/tmp",
  totalmem: () => 0,
  type: () => "Linux",
  uptime: () => process.uptime(),
  version: () => "",
};
