import { Fault } from '../fault/index.ts'
import { cloudFault } from './faults.ts'

/** True when Scaleway said that the object is not there: 404 or 410. */
export function isGone(error: unknown): boolean {
  return error instanceof Fault && error.kind === 'missing'
}

/**
 * True for the 403 with which flexible IPs answer both "gone" and "not allowed". Only a listing that
 * succeeds and does not show the address tells which.
 */
export function isGoneOrDenied(error: unknown): boolean {
  return isGone(error) || (error instanceof Fault && error.code === 'EDGE_CLOUD_DENIED')
}

/** Any thrown value as a Fault; what the SDK itself throws is an answer it could not read. */
export function scalewayFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  const text = error instanceof Error ? error.message : String(error)
  return cloudFault('EDGE_CLOUD_ANSWER_UNREADABLE', 'An answer of Scaleway could not be read', {
    answer: text.slice(0, 300),
    cause: error,
  })
}

/** Runs a delete; an object that is gone already is what was wanted. */
export async function gone(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isGone(error)) throw error
  }
}
