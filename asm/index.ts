export { adler32, crc32, crc32Bzip2, crc64 } from './checksum'
export { sha256 } from './checksum-sha256'
export { scanElf } from './elf'
