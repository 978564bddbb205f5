import { chmod, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { driverApiFault } from './faults.ts'

const mode = 0o660

/**
 * Listens on a unix socket. One left behind by a dead controller is removed; one that answers belongs
 * to a living one. Throws EDGE_SOCKET_TAKEN.
 */
export async function listenOn(app: FastifyInstance, path: string): Promise<void> {
  if (await answers(path)) {
    throw driverApiFault('EDGE_SOCKET_TAKEN', `Another controller listens on ${path}`)
  }
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await app.listen({ path })
  await chmod(path, mode)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}
