import { readFileSync } from 'node:fs'
import { sentenceOf } from '../../lib/fault/index.ts'
import { ipamFault } from './faults.ts'

const configuration = '/etc/edgectl/ipam.json'
const usualLog = '/var/log/edgectl/ipam.log'

/**
 * The controller's socket: EDGECTL_IPAM_SOCKET, else `socket` of /etc/edgectl/ipam.json. Throws
 * EDGE_IPAM_CONTROLLER when neither names one.
 */
export function socketPath(environment: NodeJS.ProcessEnv, file = configuration): string {
  const given = environment['EDGECTL_IPAM_SOCKET']
  if (given) return given
  try {
    const { socket } = read(file)
    if (typeof socket === 'string' && socket.startsWith('/')) return socket
    throw new Error('it has no absolute path named "socket"')
  } catch (error) {
    throw ipamFault('EDGE_IPAM_CONTROLLER', `${file} does not name the controller's socket`, {
      answer: sentenceOf(error),
      hint: 'Install the front-end part again, or set EDGECTL_IPAM_SOCKET.',
    })
  }
}

/** The file of driver runs: EDGECTL_IPAM_LOG, else `log` of /etc/edgectl/ipam.json, else the usual one. */
export function logPath(environment: NodeJS.ProcessEnv, file = configuration): string {
  const given = environment['EDGECTL_IPAM_LOG']
  if (given) return given
  try {
    const { log } = read(file)
    return typeof log === 'string' && log.startsWith('/') ? log : usualLog
  } catch {
    return usualLog
  }
}

function read(file: string): { readonly socket?: unknown; readonly log?: unknown } {
  return (JSON.parse(readFileSync(file, 'utf8')) ?? {}) as { socket?: unknown; log?: unknown }
}
