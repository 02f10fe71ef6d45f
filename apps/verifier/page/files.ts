import {
  BundleUnreadable,
  copyInPdf,
  filesInZip,
  isJson,
  isPdf,
  isZip,
  piecesOf,
  prefixOf,
  textOf,
  type BundleFiles,
  type ByteSource,
} from '#evidence/verifier';

/** Files that somebody has picked or dropped, by their paths. */
export type Picked = ReadonlyMap<string, File>;

/** Far more files than any bundle has. */
const MOST_FILES = 500_000;

/** What was picked in a file input. */
export function pickedIn({ files }: HTMLInputElement): Picked {
  return new Map(
    Array.from(files ?? [], (file) => [file.webkitRelativePath || file.name, file] as const),
  );
}

/** What was dropped: files, or folders with all that is in them. */
export async function droppedIn({ items }: DataTransfer): Promise<Picked> {
  const picked = new Map<string, File>();
  // The list is emptied as soon as the handler of the event returns.
  const dropped = Array.from(items, (item) => [item.webkitGetAsEntry(), item.getAsFile()] as const);
  for (const [entry, file] of dropped) {
    if (entry !== null) await collect(entry, picked);
    else if (file !== null) picked.set(file.name, file);
  }
  return picked;
}

async function collect(entry: FileSystemEntry, into: Map<string, File>): Promise<void> {
  if (into.size > MOST_FILES) throw new BundleUnreadable('too many files');
  if (entry instanceof FileSystemFileEntry) {
    const file = await new Promise<File>((resolve, reject) => {
      entry.file(resolve, reject);
    });
    into.set(entry.fullPath.slice(1), file);
  } else if (entry instanceof FileSystemDirectoryEntry) {
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
        reader.readEntries(resolve, reject);
      });
      if (some.length === 0) return;
      for (const one of some) await collect(one, into);
    }
  }
}

/** A file that may be a person's copy: its text, or that of the one attached to a PDF. */
export interface CopyPicked {
  /** Undefined where a PDF has none. */
  readonly text: string | undefined;
  readonly isAttachment: boolean;
}

const MOST_COPY = 32 * 1024 * 1024;

/** What was picked, if it may be a copy; undefined where it is something else, such as a bundle. */
export async function copyIn(picked: Picked): Promise<CopyPicked | undefined> {
  const [only] = picked.values();
  if (picked.size !== 1 || only === undefined || only.size > MOST_COPY) return undefined;
  const bytes = new Uint8Array(await only.arrayBuffer());
  if (isPdf(bytes)) return { text: await copyInPdf(bytes), isAttachment: true };
  return isJson(bytes) ? { text: textOf(bytes) ?? '', isAttachment: false } : undefined;
}

/** The files of a bundle among what was picked. @throws BundleUnreadable where it is none */
export async function bundleIn(picked: Picked): Promise<BundleFiles> {
  const [only] = picked.values();
  if (picked.size === 1 && only !== undefined) {
    const source = sourceOf(only);
    if (isZip(await source.slice(0, Math.min(4, source.size)))) return filesInZip(source);
  }
  const prefix = prefixOf([...picked.keys()]);
  return {
    open: async (name) => {
      const file = picked.get(`${prefix}${name}`);
      return file === undefined ? undefined : piecesOf(sourceOf(file));
    },
  };
}

function sourceOf(file: File): ByteSource {
  return {
    size: file.size,
    slice: async (from, to) => new Uint8Array(await file.slice(from, to).arrayBuffer()),
  };
}
