/** oned's error numbers. */
export const errno = {
  authentication: 0x100,
  authorization: 0x200,
  missing: 0x400,
  action: 0x800,
  internal: 0x2000,
  allocate: 0x4000,
} as const

/** A failure answer: `[false, "[one.x.y] message", errno, objectId, -1]`. */
export class Refusal extends Error {
  readonly errno: number
  readonly objectId: number

  constructor(errno: number, message: string, objectId = -1) {
    super(message)
    this.errno = errno
    this.objectId = objectId
  }
}
