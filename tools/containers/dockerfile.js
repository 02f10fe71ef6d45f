// Reads a Dockerfile: as much of the language as ours is written in, and a clear word for the rest.

/** @typedef {{ name: string, flags: Record<string, string>, text: string }} Instruction */
/** @typedef {{ name: string, from: string, instructions: Instruction[] }} Stage */

const KNOWN = ['COPY', 'RUN', 'WORKDIR', 'ENV', 'USER', 'VOLUME', 'EXPOSE', 'HEALTHCHECK'].concat([
  'ENTRYPOINT',
  'CMD',
]);

/** @param {string} text @returns {Stage[]} */
export function stagesOf(text) {
  /** @type {Stage[]} */
  const stages = [];
  for (const instruction of instructionsOf(text)) {
    const stage = stages.at(-1);
    if (instruction.name === 'FROM') {
      const [from = '', , name = 'image'] = instruction.text.split(/\s+/);
      stages.push({ name, from, instructions: [] });
    } else if (stage !== undefined && KNOWN.includes(instruction.name)) {
      stage.instructions.push(instruction);
    } else if (instruction.name !== 'ARG') {
      throw new Error(`Dockerfile: ${instruction.name} is not understood here`);
    }
  }
  return stages;
}

/** @param {string} text @returns {Instruction[]} */
function instructionsOf(text) {
  const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  const whole = lines.join('\n').replaceAll(/\\\n\s*/g, ' ');
  return whole.split('\n').map((line) => {
    const [, name = '', flags = '', rest = ''] = /^(\w+)\s+((?:--\S+\s+)*)(.*)$/.exec(line) ?? [];
    return { name: name.toUpperCase(), flags: flagsOf(flags), text: rest.trim() };
  });
}

/** @param {string} text */
function flagsOf(text) {
  const pairs = [...text.matchAll(/--([\w-]+)=(\S+)/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value]));
}

/**
 * What a stage says of how its image runs.
 * @param {Stage} stage
 */
export function configOf(stage) {
  const last = (name) => stage.instructions.findLast((one) => one.name === name)?.text;
  return {
    user: last('USER') ?? '0:0',
    folder: last('WORKDIR') ?? '/',
    environment: environmentOf(stage),
    volumes: /** @type {string[]} */ (JSON.parse(last('VOLUME') ?? '[]')),
    entrypoint: /** @type {string[]} */ (JSON.parse(last('ENTRYPOINT') ?? '[]')),
    command: /** @type {string[]} */ (JSON.parse(last('CMD') ?? '[]')),
    healthcheck: /** @type {string[]} */ (
      JSON.parse((last('HEALTHCHECK') ?? '[]').replace(/^CMD\s+/, ''))
    ),
  };
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** @param {Stage} stage @returns {Record<string, string>} */
function environmentOf({ instructions }) {
  const lines = instructions.filter(({ name }) => name === 'ENV').map(({ text }) => text);
  const pairs = lines.flatMap((line) => [...line.matchAll(/(\w+)=(\S+)/g)]);
  const set = pairs.map(([, name, value = '']) => [name, value.replace('${PATH}', PATH)]);
  return { PATH, ...Object.fromEntries(set) };
}
