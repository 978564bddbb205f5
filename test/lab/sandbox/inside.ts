import { join } from 'node:path'

/** The sandbox's own directory, in memory and private to it. Throws outside of a sandbox. */
export function labDirectory(): string {
  return variable('LAB_DIR')
}

/** The cgroup directory under which the sandbox may make groups. Throws outside of a sandbox. */
export function labCgroup(): string {
  return join(labDirectory(), 'cgroup', variable('LAB_NAME'))
}

function variable(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error('Metal servers and networks of the lab exist inside a sandbox only')
  return value
}
