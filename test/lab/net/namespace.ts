import { existsSync } from 'node:fs'
import { command } from '../sandbox/command.ts'

/**
 * Makes a network namespace under /run/netns with `lo` up and the sysctls a freshly booted kernel
 * has: a new namespace otherwise inherits those of the machine the lab runs on.
 */
export async function addNamespace(name: string): Promise<void> {
  await command(['ip', 'netns', 'add', name])
  await ip(name, ['link set lo up'])
  await sysctl(name, {
    'net.ipv4.ip_forward': 0,
    'net.ipv4.conf.all.rp_filter': 0,
    'net.ipv4.conf.default.rp_filter': 0,
  })
}

/** Gone already is fine. */
export async function removeNamespace(name: string): Promise<void> {
  if (existsSync(`/run/netns/${name}`)) await command(['ip', 'netns', 'delete', name])
}

/** Runs `ip` commands, one a line, in a namespace; `null` is the sandbox's own. Stops at the first error. */
export async function ip(namespace: string | null, lines: readonly string[]): Promise<void> {
  const where = namespace === null ? [] : ['-n', namespace]
  await command(['ip', ...where, '-batch', '-'], { input: `${lines.join('\n')}\n` })
}

/** The argv that runs `argv` in a namespace, with the sandbox's files. */
export function inNamespace(name: string, argv: readonly string[]): string[] {
  return ['nsenter', `--net=/run/netns/${name}`, '--', ...argv]
}

export async function sysctl(
  name: string,
  values: Readonly<Record<string, number>>,
): Promise<void> {
  const settings = Object.entries(values).map(([key, value]) => `${key}=${value}`)
  await command(inNamespace(name, ['sysctl', '-qw', ...settings]))
}

/** Loads an nft ruleset in a namespace, all of it or nothing. */
export async function nft(name: string, ruleset: string): Promise<void> {
  // A pipe: nft from 1.0.9 on refuses the socket that Node gives its children.
  const program = ['bash', '-c', 'set -o pipefail; cat | nft -f -']
  await command(inNamespace(name, program), { input: ruleset })
}
