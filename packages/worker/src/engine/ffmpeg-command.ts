import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';

/** How far the decoder is shut in; the best that works on this machine is chosen at start. */
export const SANDBOX_TIERS = ['bubblewrap', 'prlimit', 'none'] as const;
export type SandboxTier = (typeof SANDBOX_TIERS)[number];

/** Containers and codecs that ffmpeg may open: no playlists, no network, no images. */
const FORMATS = 'wav,w64,mp3,mov,mp4,m4a,3gp,3g2,mj2,ogg,matroska,webm,flac,aac,amr,aiff,caf';
const CODECS =
  'mp3float,mp3,aac,opus,libopus,vorbis,flac,alac,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_u8,pcm_s16be,amrnb,amrwb';
const ADDRESS_SPACE_BYTES = 1_536 * 1024 * 1024;
const MIN_CPU_SECONDS = 30;
const CPU_SECONDS_PER_AUDIO_SECOND = 0.05;

export interface FfmpegCall {
  readonly tier: SandboxTier;
  readonly ffmpegPath: string;
  /** A private local file: some containers need seeking, and an address would be a door to the network. */
  readonly audioPath: string;
  readonly maxAudioSeconds: number;
}

/** The command that writes the first audio track as 16 kHz mono f32le to stdout, and its arguments. */
export function ffmpegCommand(call: FfmpegCall): readonly [string, readonly string[]] {
  const inside = call.tier === 'bubblewrap' ? '/in' : call.audioPath;
  const decode = [call.ffmpegPath, ...ffmpegArguments(inside, call.maxAudioSeconds)];
  const boxed = call.tier === 'bubblewrap' ? [...bubblewrap(call), ...decode] : decode;
  const [command = '', ...rest] = call.tier === 'none' ? boxed : [...limits(call.maxAudioSeconds), ...boxed];
  return [command, rest];
}

/**
 * The strongest tier that this machine lets us use.
 * @throws Error when ffmpeg does not run at all
 */
export function bestSandbox(ffmpegPath: string): SandboxTier {
  const works = (tier: SandboxTier): boolean => {
    const call = { tier, ffmpegPath, audioPath: '/dev/null', maxAudioSeconds: 1 };
    const [command, args] = ffmpegCommand(call);
    const upToFfmpeg = args.slice(0, args.indexOf(ffmpegPath) + 1);
    return spawnSync(command, [...upToFfmpeg, '-version'], { timeout: 10_000 }).status === 0;
  };
  const tier = SANDBOX_TIERS.find(works);
  if (tier) return tier;
  throw new Error(`${ffmpegPath} does not run: install ffmpeg, or name it in FFMPEG_BIN`);
}

function ffmpegArguments(path: string, maxAudioSeconds: number): readonly string[] {
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-protocol_whitelist', 'file,pipe'],
    ...['-format_whitelist', FORMATS, '-codec_whitelist', CODECS, '-threads', '1', '-i', `file:${path}`],
    ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1', '-t', String(maxAudioSeconds + 1)],
    ...['-ac', '1', '-ar', '16000', '-f', 'f32le', 'pipe:1'],
  ];
}

function limits(maxAudioSeconds: number): readonly string[] {
  const cpuSeconds = Math.ceil(MIN_CPU_SECONDS + CPU_SECONDS_PER_AUDIO_SECOND * maxAudioSeconds);
  return [
    'prlimit',
    `--as=${ADDRESS_SPACE_BYTES}`,
    `--cpu=${cpuSeconds}`,
    '--fsize=0',
    '--nofile=64',
    '--core=0',
    '--',
  ];
}

function bubblewrap({ ffmpegPath, audioPath }: FfmpegCall): readonly string[] {
  const own = ffmpegPath.startsWith('/') && !ffmpegPath.startsWith('/usr/') ? dirname(ffmpegPath) : undefined;
  return [
    ...['bwrap', '--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv'],
    ...['--setenv', 'PATH', '/usr/local/bin:/usr/bin:/bin', '--uid', '65534', '--gid', '65534'],
    ...['--ro-bind', '/usr', '/usr', '--ro-bind-try', '/etc/alternatives', '/etc/alternatives'],
    ...['--ro-bind-try', '/etc/ld.so.cache', '/etc/ld.so.cache', '--symlink', 'usr/bin', '/bin'],
    ...[
      '--symlink',
      'usr/lib',
      '/lib',
      '--symlink',
      'usr/lib64',
      '/lib64',
      '--proc',
      '/proc',
      '--dev',
      '/dev',
    ],
    ...(own ? ['--ro-bind', own, own] : []),
    ...['--ro-bind', audioPath, '/in', '--'],
  ];
}
