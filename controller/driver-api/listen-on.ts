import { chmod, mkdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { driverApiFault } from './faults.ts'

const mode = 0o660

/**
 * Listens on a unix socket. One left behind by a dead controller is removed; one that answers belongs
 * to a living one. Throws EDGE_SOCKET_TAKEN, EDGE_SOCKET_UNUSABLE.
 */
export async function listenOn(app: FastifyInstance, path: string): Promise<void> {
  await mustBeFree(path)
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o750 })
    await rm(path, { force: true })
    await app.listen({ path })
    await chmod(path, mode)
  } catch (cause) {
    const answer = cause instanceof Error ? cause.message : String(cause)
    throw driverApiFault('EDGE_SOCKET_UNUSABLE', `Cannot listen on ${path}`, { answer, cause })
  }
}

/** Throws EDGE_SOCKET_TAKEN when somebody answers there. */
export async function mustBeFree(path: string): Promise<void> {
  if (!(await answers(path))) return
  throw driverApiFault('EDGE_SOCKET_TAKEN', `Another controller listens on ${path}`)
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
