/** Ways to fail. */

class OrderNotFound extends Error {
  constructor(number) {
    super(`there is no order ${number}`);
    this.name = "OrderNotFound";
  }
}

function findOrder(number) {
  // The contract knows the place of the next line.
  throw new OrderNotFound(number);
}

export function fail() {
  return findOrder(7);
}

export function failUntil(event, { attempt }) {
  if (attempt < event.attempt) {
    throw Object.assign(new Error(`this is attempt ${attempt}`), { name: "TooEarly" });
  }
  return attempt;
}

export function crash(event) {
  return event.shelf.books;
}

/** JSON has no end for what contains itself. */
export function marshal() {
  const snake = {};
  snake.tail = snake;
  return snake;
}
