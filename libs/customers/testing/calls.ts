/** The same object, noting by name which of its methods are called, in order. */
export function noting<T extends object>(
  part: string,
  object: T,
  names: readonly (keyof T & string)[],
  calls: string[],
): T {
  return new Proxy(object, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => {
        if (names.some((one) => one === name)) calls.push(`${part}.${String(name)}`);
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
}
