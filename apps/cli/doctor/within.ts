import { Outage } from '#kernel';

/** What comes of work within a time limit. @throws Outage `timeout` of the part; the work is left alone */
export async function within<T>(part: string, millis: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Outage(part, 'timeout'));
    }, millis);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
