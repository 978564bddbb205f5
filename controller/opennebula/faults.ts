import { type Catalogue, Fault, faultsOf } from '../../lib/fault/index.ts'

/** Every way a call to oned can fail; see docs/errors.md. */
export const catalogue = {
  ONE_UNREACHABLE: {
    kind: 'transient',
    meaning: 'oned gave no answer: not running, not reachable, or too slow.',
    hint: 'Check that oned runs and that the endpoint is right.',
  },
  ONE_CREDENTIALS: {
    kind: 'denied',
    meaning: 'oned does not know this user or password.',
    hint: 'Check ONE_AUTH, or the user and password given.',
  },
  ONE_DENIED: {
    kind: 'denied',
    meaning: 'The OpenNebula user may not do this.',
    hint: 'Ask the owner or oneadmin for permission.',
  },
  ONE_MISSING: {
    kind: 'missing',
    meaning: 'oned has no such object.',
    hint: '`retry` makes anew what somebody deleted.',
    quiet: true,
  },
  ONE_LOCKED: {
    kind: 'conflict',
    meaning: 'The object is locked in OpenNebula.',
    hint: 'Unlock it, then try again.',
  },
  ONE_REFUSED: {
    kind: 'conflict',
    meaning: 'oned refuses this in the object’s present state.',
    hint: 'Put right what oned names, then try again.',
  },
  ONE_TAKEN: {
    kind: 'conflict',
    meaning: 'Another object has this name already.',
    hint: 'Rename or delete the other one, then try again.',
  },
  ONE_BROKEN: {
    kind: 'broken',
    meaning: 'oned failed, or answered what nobody can read.',
    hint: 'Look into oned.log.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(catalogue)

/** oned's failure answer as a Fault. `text` is oned's own sentence, `[one.x.y]` in front. */
export function refusal(errno: number, text: string): Fault {
  const message = text.replace(/^\[[\w.]+\] /, '').trim() || `oned failed with errno ${errno}`
  return fault(codeOf(errno, message), message, { answer: text })
}

/** The object, or undefined when it vanished since it was listed. */
export async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Fault && error.code === 'ONE_MISSING') return undefined
    throw error
  }
}

/** oned uses 0x2000 for whatever it did not classify, so there its words decide. */
function codeOf(errno: number, message: string): keyof typeof catalogue {
  if (/is locked/.test(message)) return 'ONE_LOCKED'
  switch (errno) {
    case 0x100:
      return 'ONE_CREDENTIALS'
    case 0x200:
      return 'ONE_DENIED'
    case 0x400:
      return 'ONE_MISSING'
    case 0x800:
      return 'ONE_REFUSED'
    case 0x4000:
      return /already taken/.test(message) ? 'ONE_TAKEN' : 'ONE_REFUSED'
    case 0x8000:
      return 'ONE_LOCKED'
    default:
      if (/does not exist/.test(message)) return 'ONE_MISSING'
      return /leases in use/.test(message) ? 'ONE_REFUSED' : 'ONE_BROKEN'
  }
}
