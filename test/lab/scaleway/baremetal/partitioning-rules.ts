import { untyped } from '../transport/errors.ts'
import type { Schema } from './model.ts'
import { partitionDevice } from './partition-device.ts'

interface RealDisk {
  readonly device: string
  readonly bytes: number
}

const labels = new Set(['uefi', 'legacy', 'root', 'boot', 'swap', 'data', 'home', 'raid', 'zfs'])
const formats = new Set(['fat32', 'ext4', 'swap', 'zfs', 'xfs'])
/** Fewest members an array of that level can have. */
const levels: Readonly<Record<string, number>> = {
  raid_level_0: 2,
  raid_level_1: 2,
  raid_level_5: 3,
  raid_level_6: 4,
  raid_level_10: 4,
}

const wrong = (what: string) => untyped(400, `partitioning_schema: ${what}`)

/** Throws 400 for a layout that no installer could make; answers it otherwise. */
export function checkSchema(raw: unknown, real: readonly RealDisk[]): Schema {
  const schema = shaped(raw)
  const partitions = new Map<string, string>()
  for (const disk of schema.disks) {
    const there = real.find(({ device }) => device === disk.device)
    if (!there) throw wrong(`there is no disk ${disk.device}`)
    checkDisk(disk, there.bytes)
    for (const { number, label } of disk.partitions)
      partitions.set(partitionDevice(disk.device, number), label)
  }
  checkArrays(schema, partitions)
  checkFilesystems(schema, partitions)
  return schema
}

function checkDisk(disk: Schema['disks'][number], bytes: number): void {
  const { device, partitions } = disk
  const numbers = partitions.map(({ number }) => number)
  if (numbers.some((number, at) => number !== at + 1))
    throw wrong(`the partitions of ${device} are not numbered from 1`)
  for (const { label, size, use_all_available_space: all } of partitions) {
    if (!labels.has(label)) throw wrong(`${device}: unknown label ${label}`)
    if (!Number.isSafeInteger(size) || size < 0 || (size === 0 && !all))
      throw wrong(`${device}: a partition needs a size`)
  }
  if (partitions.filter((one) => one.use_all_available_space).length > 1)
    throw wrong(`${device}: only one partition can use all available space`)
  if (partitions.reduce((sum, { size }) => sum + size, 0) > bytes)
    throw wrong(`${device}: the partitions are larger than the disk`)
}

function checkArrays({ raids }: Schema, partitions: ReadonlyMap<string, string>): void {
  const used = new Set<string>()
  const names = new Set<string>()
  for (const { name, level, devices } of raids) {
    if (!/^\/dev\/md\d+$/.test(name) || names.has(name)) throw wrong(`bad array name ${name}`)
    names.add(name)
    const fewest = levels[level]
    if (fewest === undefined) throw wrong(`unknown level ${level}`)
    if (devices.length < fewest) throw wrong(`${name} has too few members for ${level}`)
    for (const device of devices) {
      if (!partitions.has(device)) throw wrong(`${name}: there is no partition ${device}`)
      if (used.has(device)) throw wrong(`${device} is in two arrays`)
      used.add(device)
    }
  }
}

function checkFilesystems(
  { raids, filesystems }: Schema,
  partitions: ReadonlyMap<string, string>,
): void {
  const members = new Set(raids.flatMap(({ devices }) => devices))
  const points = new Set<string>()
  const places = new Set<string>()
  for (const { device, format, mountpoint } of filesystems) {
    const there = raids.some(({ name }) => name === device) || partitions.has(device)
    if (!there || members.has(device)) throw wrong(`no file system fits on ${device}`)
    if (!formats.has(format)) throw wrong(`unknown format ${format}`)
    if (!mountpoint.startsWith('/') || points.has(mountpoint))
      throw wrong(`bad mount point ${mountpoint}`)
    if (places.has(device)) throw wrong(`${device} has two file systems`)
    points.add(mountpoint)
    places.add(device)
  }
  if (!points.has('/')) throw wrong('there is no root file system')
}

function shaped(raw: unknown): Schema {
  const schema = raw as Schema
  const lists = [schema?.disks, schema?.raids, schema?.filesystems]
  if (!lists.every(Array.isArray) || schema.disks.length === 0)
    throw wrong('disks, raids and filesystems are required')
  return schema
}
