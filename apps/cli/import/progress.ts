import { Presets, SingleBar } from 'cli-progress';

/** Shows how far an import has come. */
export interface Progress {
  update(rows: number): void;
  stop(): void;
}

/** A bar on a terminal, with rate and time left; nothing where nobody looks. */
export function progressBar(total: number, stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    {
      stream,
      format: '{bar} {percentage}% | {value}/{total} rows | {rate}/s | {eta_formatted} left',
      etaBuffer: 50,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  const begun = performance.now();
  bar.start(total, 0, { rate: 0 });
  return {
    update: (rows) => {
      const seconds = (performance.now() - begun) / 1000;
      bar.update(rows, { rate: Math.round(rows / Math.max(seconds, 0.001)) });
    },
    stop: () => {
      bar.stop();
    },
  };
}
