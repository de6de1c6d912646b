/** Looks at one shipment of an order. */

import type { Handler } from "@sandstep/lambda";

interface Shipment {
  prod: string;
  "dest-code": number;
  quantity: number;
}

/** A shipment alone, or with the courier that is to take it. */
type Event = Shipment | { parcel: Shipment; courier: string };

interface Validated extends Shipment {
  courier?: string;
  valid: true;
}

/** A catcher knows an error by its name. */
class EmptyShipment extends Error {
  override name = "EmptyShipment";
}

export const handler: Handler<Event, Validated> = async (event) => {
  const { parcel, courier } = "parcel" in event ? event : { parcel: event, courier: undefined };
  if (parcel.quantity === 0) {
    throw new EmptyShipment(`nothing of ${parcel.prod} is in the parcel`);
  }
  // What is undefined is no member of the result's JSON.
  return { ...parcel, courier, valid: true };
};
