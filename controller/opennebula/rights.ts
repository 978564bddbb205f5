import type { Caller } from './caller.ts'

export interface Rights {
  chown(id: number, uid: number, gid: number): Promise<void>
  chmod(id: number, octet: string): Promise<void>
}

/** The two calls that every owned object has: `one.<object>.chown` and `.chmod`. */
export function rightsOf(caller: Caller, object: string): Rights {
  return {
    async chown(id, uid, gid) {
      await caller.change(`one.${object}.chown`, id, uid, gid)
    },
    async chmod(id, octet) {
      await caller.change(`one.${object}.chmod`, id, ...flagsOf(octet))
    },
  }
}

/** "640" → nine flags, use-manage-admin for owner, group and others. Throws TypeError. */
export function flagsOf(octet: string): number[] {
  if (!/^[0-7]{3}$/.test(octet)) throw new TypeError(`"${octet}" is no octet like 640`)
  return [...octet].flatMap((digit) => [4, 2, 1].map((bit) => (Number(digit) & bit ? 1 : 0)))
}
