'use strict';

/** Answers in more than one way; the event says how. */

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const ways = {
  async callbackBeforeReturn(context, callback) {
    callback(null, 'called back');
    await later(5);
    return 'returned';
  },
  async returnBeforeCallback(context, callback) {
    setTimeout(() => callback(null, 'called back'), 5);
    return 'returned';
  },
  callbackTwice(context, callback) {
    callback(null, 'first');
    callback(null, 'second');
  },
  valueAndCallback(context, callback) {
    setTimeout(() => callback(null, 'called back'), 5);
    return 'returned';
  },
  callbackWithoutResult(context, callback) {
    callback();
  },
  callbackWaits(context, callback) {
    const result = { waited: false };
    setTimeout(() => (result.waited = true), 5);
    callback(null, result);
  },
  callbackDoesNotWait(context, callback) {
    context.callbackWaitsForEmptyEventLoop = false;
    setInterval(() => {}, 1);
    callback(null, 'at once');
  },
  succeed(context) {
    context.succeed('succeeded');
  },
  done(context) {
    context.done(null, 'done');
  },
  fail(context) {
    context.fail(new RangeError('too far'));
  },
  thenable() {
    return { then: (resolve) => resolve('then') };
  },
  nothing() {},
  async unsettled() {
    await new Promise(() => {});
  },
  async unsettledWithTimer() {
    setTimeout(() => console.log('the timer ran'), 5);
    await new Promise(() => {});
  },
  async unsettledForEver() {
    setInterval(() => {}, 1);
    await new Promise(() => {});
  },
};

exports.handler = (event, context, callback) => ways[event.way](context, callback);
