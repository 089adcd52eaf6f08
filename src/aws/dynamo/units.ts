/** Told the capacity units that each call consumed. */
export type Units = (operation: string, units: number) => void;

/** `CapacityUnits` of an answer, whatever its form; 0 where it names none. */
export const consumedOf = (output: unknown): number => {
  const { ConsumedCapacity } = { ...Object(output) };
  const all: readonly unknown[] = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : [ConsumedCapacity];
  return all.reduce<number>((sum, one) => {
    const units: unknown = Reflect.get(Object(one), "CapacityUnits");
    return sum + (typeof units === "number" ? units : 0);
  }, 0);
};
