import {
  brokenBy,
  type CheckName,
  type Finding,
  finding,
  skipped,
  type Verdict,
} from '../../doctor/index.ts'

/** A finding on this machine; what this user may not look at is skipped and not broken. */
export async function found(
  check: CheckName,
  look: () => Promise<Verdict> | Verdict,
): Promise<Finding> {
  try {
    return finding(check, await look())
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    if (code !== 'EACCES' && code !== 'EPERM') return finding(check, brokenBy(error))
    const why = `${path ?? 'It'} may not be looked at by this user`
    return finding(check, skipped(why, 'Run edgectl doctor as root or oneadmin'))
  }
}
