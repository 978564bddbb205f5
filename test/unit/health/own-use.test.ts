import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { createOwnUseMeter } from '../../../agent/health/own-use.ts'
import { createClock } from '../../../lib/clock/index.ts'

const megabytes = 60

t.test('what the agent takes is also what the programs take that it keeps running', async (t) => {
  const measure = createOwnUseMeter(createClock())
  const alone = await measure()
  // Takes memory, says so, and computes until it is killed.
  const program = `$| = 1; my $much = 'x' x (${megabytes} << 20); print 'full'; 1 while 1`
  const child = spawn('perl', ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  await measure()
  await pause(1000)
  const together = await measure()
  t.ok(together.memoryBytes > alone.memoryBytes + megabytes * 1e6 * 0.9)
  // A busy machine leaves it little of a core.
  t.ok(together.cpu > 0.05, `${together.cpu} of a core, while this one sleeps`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const after = await measure()
  t.ok(after.memoryBytes < together.memoryBytes - megabytes * 1e6 * 0.5)
  t.ok(after.cpu >= 0)
})
