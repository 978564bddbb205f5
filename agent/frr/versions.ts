/** A version of FRR as numbers that compare: [10, 3, 1]. */
type Version = readonly number[]

/** Something that is wrong with some versions of FRR, and what it means for a host of ours. */
export interface Trouble {
  /** What an operator would see. */
  readonly symptom: string
  /** Half-open ranges of versions: from this one, up to but without that one; null: no end is known. */
  readonly versions: readonly (readonly [from: string, until: string | null])[]
  /** Where it is told; null for what was only seen here, with real FRR. */
  readonly link: string | null
  /** How the configuration or the agent meets it; null when nothing helps but another version. */
  readonly met: string | null
}

const issues = 'https://github.com/FRRouting/frr/issues'

/**
 * The troubles known to matter here. Ranges come from the tags that hold the change which brought the
 * trouble and the one which ended it; `seen` in a comment means reproduced with real FRR.
 */
export const troubles: readonly Trouble[] = [
  {
    symptom: 'BGP of EVPN has never been tried with it',
    versions: [['0', '8.1']],
    link: 'https://github.com/FRRouting/frr/releases',
    met: null,
  },
  {
    // Seen with 8.4.4: bgpd then closes every session it opens.
    symptom: 'zebra loses an address that arrives while it digests the renaming of its device',
    versions: [['8.4', '8.5']],
    link: null,
    met: 'The agent has the kernel announce the address once more (vtep-address.ts).',
  },
  {
    // Seen with 8.4.4.
    symptom: '`flooding disable` also silences the announcement of type-3 routes',
    versions: [['8.1', null]],
    link: `${issues}/16154`,
    met: 'It is not used: a route-map strips the route targets of type-3 routes that come in.',
  },
  {
    symptom: 'a route-map finds no EVPN route, so nothing is announced and nothing is heard',
    versions: [['8.5', '8.5.3']],
    link: `${issues}/13259`,
    met: 'The optimization that does it is off in both maps.',
  },
  {
    symptom: 'MAC+IP routes are matched as IP prefixes, never by their EVPN route type',
    versions: [
      ['8.5.3', '8.5.5'],
      ['9.0', '9.0.3'],
      ['9.1', '9.1.1'],
    ],
    link: `${issues}/14419`,
    met: 'Only type-3 routes are matched by type.',
  },
  {
    // Seen with 10.3: with more than two hosts some sessions stay Idle for good.
    symptom: 'a BGP session waits for BFD and BFD for the session, so it stays Idle',
    versions: [
      ['10.2', '10.2.3'],
      ['10.3', '10.3.1'],
    ],
    link: `${issues}/18742`,
    met: 'bfdd keeps the sessions in both forms by itself (render.ts).',
  },
  {
    // Seen with 10.3: the second time a device is called scwpn.
    symptom: 'zebra aborts when a device takes a name that it had before',
    versions: [['10.3', null]],
    link: `${issues}/21950`,
    met: 'The underlay is renamed once; watchfrr starts zebra again, and the flood list carries on.',
  },
]

/** What is wrong with this version and cannot be helped from here: one sentence each, with its link. */
export function troublesOf(version: string): string[] {
  return troubles
    .filter(({ met, versions }) => met === null && versions.some((range) => holds(range, version)))
    .map(
      ({ symptom, link }) =>
        `FRR ${version} is a version known to be bad: ${symptom}${link === null ? '' : `; see ${link}`}`,
    )
}

/** Whether a version, in FRR's own words ("8.4.4", "10.3-3+deb13u1"), lies in a range. */
export function holds([from, until]: Trouble['versions'][number], version: string): boolean {
  const numbers = numbersOf(version)
  if (numbers === null) return false
  const after = compare(numbers, numbersOf(from) ?? []) >= 0
  return after && (until === null || compare(numbers, numbersOf(until) ?? []) < 0)
}

function numbersOf(version: string): Version | null {
  const [words] = /^\d+(\.\d+)*/.exec(version) ?? []
  return words === undefined ? null : words.split('.').map(Number)
}

function compare(a: Version, b: Version): number {
  const at = [0, 1, 2, 3].find((index) => (a[index] ?? 0) !== (b[index] ?? 0)) ?? 0
  return (a[at] ?? 0) - (b[at] ?? 0)
}
