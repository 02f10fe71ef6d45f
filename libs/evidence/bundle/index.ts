export { FolderSink, unwritable, type BundleSink } from './sinks.js';
export type { BundleOf } from './scope.js';
export {
  writeBundle,
  type BundleFigures,
  type BundleSource,
  type BundleWanted,
} from './write-bundle.js';
export { ZipSink } from './zip-sink.js';
