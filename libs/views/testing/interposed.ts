/**
 * The same object, with some of its methods replaced. The rest are called on the original, which may
 * have private fields.
 */
export function interposed<T extends object>(original: T, replaced: Partial<T>): T {
  return new Proxy(original, {
    get(target, name) {
      if (name in replaced) return Reflect.get(replaced, name) as unknown;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** The same object, of which one method fails so many times and then works. */
export function failingFirst<T extends object>(
  original: T,
  method: keyof T,
  times: number,
  error: Error,
): T {
  let left = times;
  return new Proxy(original, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === method && left > 0) {
        left -= 1;
        return () => Promise.reject(error);
      }
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
