import { Presets, SingleBar } from 'cli-progress';

/** Shows how far something has come. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** A bar on a terminal, with rate and time left; nothing where nobody looks. */
export function progressBar(total: number, stream: NodeJS.WriteStream, unit = 'rows'): Progress {
  if (!stream.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    {
      stream,
      format: `{bar} {percentage}% | {value}/{total} ${unit} | {rate}/s | {eta_formatted} left`,
      etaBuffer: 50,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  const begun = performance.now();
  bar.start(total, 0, { rate: 0 });
  return {
    update: (done) => {
      const seconds = (performance.now() - begun) / 1000;
      bar.update(done, { rate: Math.round(done / Math.max(seconds, 0.001)) });
    },
    stop: () => {
      bar.stop();
    },
  };
}
