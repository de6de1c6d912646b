'use strict';

/** A package in the form of CommonJS, and plugins of it. */
const dayjs = require('dayjs');
dayjs.extend(require('dayjs/plugin/utc'));
dayjs.extend(require('dayjs/plugin/duration'));

exports.handler = async ({ start, end }) => {
  const [from, to] = [start, end].map((text) => dayjs.utc(text));
  return {
    minutes: dayjs.duration(to.diff(from)).asMinutes(),
    day: from.format('dddd, D MMMM YYYY'),
    monthLater: from.add(1, 'month').toISOString(),
  };
};
