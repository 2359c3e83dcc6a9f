import type { VendorData } from './vendor.ts'

/** Vendors whose packages nobody has read: what one back-port would turn is uncertain there. */
export const unreadVendors: readonly VendorData[] = [
  {
    vendors: ['oracle'],
    facts: [],
    read: [],
    remark:
      'Oracle VM 2 and 3 (3.4.0, 4.1.3OVM, 4.3.0OVM, 4.4.4OVM). No public tree of its packages was found; the changelog of the ' +
      'package (rpm -q --changelog xen) names what was picked.',
  },
  {
    vendors: ['red-hat'],
    facts: [],
    read: [],
    remark:
      'RHEL 5 and CentOS 5: the hypervisor is kernel-xen (3.1.2-NNN.el5), the toolstack the package xen 3.0.3, whose version ' +
      'the hypervisor does not tell. RHSA-2011:0496 (CVE-2011-1583, xen-3.0.3-120.el5_6.2) mends its loader of bzImages: it has one ' +
      '(f3bf1dc168), which upstream got in 3.3.0. Ask rpm -q --changelog xen.',
  },
  {
    vendors: ['ubuntu'],
    facts: [],
    read: [],
    remark:
      "Ubuntu's packages follow Debian's, with patches of their own that were not read; apt-get changelog xen-hypervisor-X names them.",
  },
  {
    vendors: ['amazon'],
    facts: [],
    read: [],
    remark:
      'Amazon EC2 shows its guests a version such as 4.2.amazon or 4.11.amazon, and publishes neither packages nor patches. PV guests ' +
      'are booted by PV-GRUB: boot: pv-grub.',
  },
]
