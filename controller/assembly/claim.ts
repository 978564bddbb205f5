import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Config } from '../config/index.ts'
import { mustBeFree } from '../driver-api/index.ts'
import { fault } from './faults.ts'

const busy = 5

/**
 * Makes this the one controller of its state directory, socket and port, or throws, before anything
 * is touched: EDGE_CONTROLLER_TWICE, EDGE_STATE_DIR, EDGE_SOCKET_TAKEN, EDGE_PORT_TAKEN. Answers how
 * to let go.
 */
export async function claim({ stateDir, socket, host, port }: Config): Promise<() => void> {
  const release = lock(stateDir)
  try {
    await mustBeFree(socket)
    await mustListen(host, port)
    return release
  } catch (error) {
    release()
    throw error
  }
}

/** Node has no flock, but its SQLite locks files; the kernel lets go however the process ends. */
function lock(directory: string): () => void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const file = new DatabaseSync(join(directory, 'controller.lock'))
    file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return () => file.close()
  } catch (cause) {
    if ((cause as { errcode?: unknown }).errcode === busy)
      throw fault('EDGE_CONTROLLER_TWICE', `Another controller works in ${directory}`)
    const answer = cause instanceof Error ? cause.message : String(cause)
    throw fault('EDGE_STATE_DIR', `Cannot write to ${directory}`, { answer, cause })
  }
}

function mustListen(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (cause) => {
      const answer = cause.message
      reject(fault('EDGE_PORT_TAKEN', `Cannot listen on ${host}:${port}`, { answer, cause }))
    })
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()))
  })
}
