import t from 'tap'
import { emptyStack, type Observed, type Stack } from '../../../agent/host/index.ts'
import { bridgeLines, ipLines } from '../../../agent/link/index.ts'
import { renderChanges } from '../../../agent/nat/index.ts'
import { type NetworkStep, plan } from '../../../agent/plan/index.ts'
import { HostSpec, parseAs } from '../../../lib/contract/index.ts'
import { caseNames, golden, readCase } from './folders.ts'

const directory = import.meta.dirname

/** What the recording of a case names; the rest of a stack is empty. */
interface Recorded {
  readonly host: Partial<Stack>
  readonly namespaces?: readonly string[]
  readonly inside?: Readonly<Record<string, Partial<Stack>>>
  readonly broken?: readonly string[]
  readonly forwards?: Observed['forwards']
}

for (const name of caseNames(directory)) {
  t.test(`plan: ${name.replaceAll('-', ' ')}`, async (t) => {
    const spec = parseAs(HostSpec, readCase(directory, name, 'spec.json'), `spec of ${name}`)
    const { ground, network, faults } = plan(
      spec,
      observedOf(readCase(directory, name, 'observed.json')),
    )
    const text = [
      ...faults.map((fault) => `fault: ${fault}`),
      ...ground.flatMap(stepText),
      '(FRR)',
      ...network.flatMap(stepText),
    ]
      .map((line) => `${line}\n`)
      .join('')
    t.equal(text, golden(directory, name, 'want.txt', text))
  })
}

function observedOf({
  host,
  namespaces = [],
  inside = {},
  broken = [],
  forwards = [],
}: Recorded): Observed {
  return {
    host: { ...emptyStack, ...host },
    namespaces,
    broken,
    forwards,
    inside: Object.fromEntries(
      Object.entries(inside).map(([name, stack]) => [name, { ...emptyStack, ...stack }]),
    ),
  }
}

/** A table that is loaded whole is shown by the goldens of nft. */
function nftLines(step: NetworkStep): string[] {
  return step.kind === 'table-change' ? renderChanges(step, step.changes).trimEnd().split('\n') : []
}

/** The sentence, and below it what ip, bridge or nft is told. */
function stepText(step: NetworkStep): string[] {
  const lines = [
    ...ipLines(step).map((line) => `ip ${line}`),
    ...bridgeLines(step).map((line) => `bridge ${line}`),
    ...nftLines(step).map((line) => `nft ${line}`),
  ]
  return [step.sentence, ...lines.map((line) => `    ${line}`)]
}
