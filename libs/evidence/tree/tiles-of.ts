import { TILE_WIDTH } from '../port.js';
import type { TilePath } from '../verifier/index.js';

/** Every tile of a tree of this size, and every bundle of entries: what a mirror of it has. */
export function* tilesOf(size: number): Generator<TilePath, void, void> {
  yield* ofLevel('entries', size);
  for (let level = 0, nodes = size; nodes > 0; level += 1) {
    yield* ofLevel(level, nodes);
    nodes = Math.floor(nodes / TILE_WIDTH);
  }
}

function* ofLevel(level: TilePath['level'], nodes: number): Generator<TilePath, void, void> {
  for (let index = 0; index * TILE_WIDTH < nodes; index += 1) {
    yield { level, index, width: Math.min(TILE_WIDTH, nodes - index * TILE_WIDTH) };
  }
}
