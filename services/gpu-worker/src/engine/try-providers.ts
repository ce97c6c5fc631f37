import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** Runs in a process of its own, since a driver may crash it: tells, as JSON, which provider computes. */
const ENCODER = fileURLToPath(
  new URL('../../../../models/pico/onnx/encoder_model_int8.onnx', import.meta.url),
);
const PROVIDERS = ['cuda', 'webgpu'] as const;
const QUIET = 4;

/** Vulkan can be had in software: that computes too, slower than the CPU lane. */
function hasGraphicsDevice(): boolean {
  if (process.platform !== 'linux') return true;
  const nodes = [...list('/dev'), ...list('/dev/dri')];
  return nodes.some((name) => /^(nvidia\d+|renderD\d+|dxg)$/.test(name));
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // no such class of devices
  }
}

async function computes(provider: string): Promise<string | undefined> {
  try {
    const session = await InferenceSession.create(ENCODER, {
      executionProviders: [provider],
      logSeverityLevel: QUIET,
    });
    const feeds = session.inputMetadata.map((input) => {
      if (!input.isTensor) throw new Error(`${input.name} is no tensor`);
      const shape = input.shape.map((size) => (typeof size === 'number' ? size : 1));
      const length = shape.reduce((product, size) => product * size, 1);
      return [input.name, new Tensor('float32', new Float32Array(length), shape)] as const;
    });
    await session.run(Object.fromEntries(feeds));
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** The last sentence of what ONNX Runtime says: before it come its own file and function names. */
function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replace(/^.* was false\. /, '');
}

const reasons: Record<string, string> = {};
if (!hasGraphicsDevice()) {
  process.stdout.write(JSON.stringify({ reasons: { device: 'this machine has no graphics device' } }));
  process.exit(0);
}
for (const provider of PROVIDERS) {
  const reason = await computes(provider);
  if (reason === undefined) {
    process.stdout.write(JSON.stringify({ provider }));
    process.exit(0);
  }
  reasons[provider] = reason;
}
process.stdout.write(JSON.stringify({ reasons }));
