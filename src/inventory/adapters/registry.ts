import type { Adapter } from './adapter.ts'
import { ansible } from './ansible.ts'
import { bootLog } from './boot-log.ts'
import { csv } from './csv.ts'
import { guestDmesg } from './guest-dmesg.ts'
import { inventory } from './inventory.ts'
import { jsonRows } from './json-rows.ts'
import { libvirtDomain } from './libvirt-domain.ts'
import { openstack } from './openstack.ts'
import { openstackImage } from './openstack-image.ts'
import { openstackServer } from './openstack-server.ts'
import { qubesPrefs } from './qubes-prefs.ts'
import { sysHypervisor } from './sys-hypervisor.ts'
import { virsh } from './virsh.ts'
import { xapi } from './xapi.ts'
import { xe } from './xe.ts'
import { xlConfig } from './xl-config.ts'
import { xlInfo } from './xl-info.ts'
import { xlList } from './xl-list.ts'

/** All formats that are known: the first one that recognises a text reads it, tables last. */
export const ADAPTERS: readonly Adapter[] = [
  inventory,
  libvirtDomain,
  xe,
  xlInfo,
  virsh,
  guestDmesg,
  bootLog,
  sysHypervisor,
  ansible,
  openstack,
  openstackImage,
  openstackServer,
  xlList,
  xapi,
  qubesPrefs,
  xlConfig,
  jsonRows,
  csv,
]
