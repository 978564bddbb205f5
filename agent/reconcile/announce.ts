import { atOnce, type Exec, fixedProgram } from '../exec/index.ts'
import type { NetworkStep } from '../plan/index.ts'
import { failure } from './failure.ts'

/** arping stays for a second after its one packet; after a boot there are hundreds to send. */
const arpingsAtOnce = 32

/** Behind hundreds of others an address may have moved on: another host's word must not be undone. */
const announceIfHere = `
ip neighbour show proxy "$2" dev "$1" | grep -q . || exit 0
exec arping -q -U -c 1 -w 1 -I "$1" -s "$2" "$2"
`

/**
 * Tells the neighbours of the public NIC which addresses live here now. Returns at once: the packets
 * leave in the background, and nobody waits for what only they would tell him. A failure is told to
 * `onFault` in one sentence.
 */
export function announce(
  exec: Exec,
  steps: readonly NetworkStep[],
  onFault: (sentence: string) => void,
): void {
  const tell = async (step: NetworkStep, index: number): Promise<void> => {
    if (step.kind !== 'announce') return
    const { device, address } = step
    const now = ['arping', '-q', '-U', '-c', '1', '-w', '1', '-I', device, '-s', address, address]
    const hasWaited = index >= arpingsAtOnce
    const facts = await exec.run(hasWaited ? fixedProgram(announceIfHere, [device, address]) : now)
    if (facts.code !== 0) onFault(failure(step.sentence, facts))
  }
  void atOnce(arpingsAtOnce, [...steps.entries()], ([index, step]) => tell(step, index))
}
