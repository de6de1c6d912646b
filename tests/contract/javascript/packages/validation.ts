/** A package in the form of ES modules, from TypeScript. */
import * as z from "zod";

const Order = z.object({
  id: z.uuid(),
  quantity: z.int().positive(),
  email: z.email().optional(),
});

export const handler = async (event: unknown) => {
  const parsed = Order.safeParse(event);
  if (parsed.success) return { valid: true, quantity: parsed.data.quantity };
  return { valid: false, wrong: parsed.error.issues.map((issue) => issue.path.join(".")) };
};
