// The demo itself, PID 1's child in its sandbox: when this ends, everything it started ends.
import { declareReady } from '../sandbox/kept.ts'
import { leaveUp } from './leave-up.ts'
import { runDemo } from './run.ts'
import { proofLine, proofTable } from './table.ts'

const json = process.argv.includes('--json')
const keep = process.argv.includes('--keep')
let howToLook = ''
const say = (text: string) => (json ? console.error(text) : console.log(text))

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    say('\nStopped: the sandbox and everything in it goes away now.')
    process.exit(code)
  })
}

say(
  'This is the lab: a simulated Scaleway and a stand-in for OpenNebula on this machine; nothing is',
)
say('ordered anywhere. Servers, SSH, systemd, FRR, nftables, VXLAN and the suite itself are real.')
const proofs = await runDemo({
  say,
  tell: (proof) => say(proofLine(proof)),
  ...(keep ? { keep: leave } : {}),
})
// A kept lab's output goes through a pipe; its launcher has seen the terminal.
const columns = (json ? process.stderr : process.stdout).columns ?? process.env['COLUMNS']
say(`\n${proofTable(proofs, Number(columns) || undefined)}`)
if (json) console.log(JSON.stringify({ proofs }))
const failed = proofs.some(({ ok }) => !ok)
if (keep && !failed) {
  say(howToLook)
  declareReady()
  // Until scripts/demo --stop.
  setInterval(() => {}, 1 << 30)
} else process.exit(failed ? 1 : 0)

async function leave(...of: Parameters<typeof leaveUp>): Promise<void> {
  howToLook = await leaveUp(...of)
}
