/**
 * Where libxc's source has the lines that it logs: the file and the lines of the call of xc_dom_panic, from a release on.
 * A compiler may count the first or the last of these lines. Read in each release's tag (tools/libxc, tools/libs/guest).
 * @module
 */
import { type Release, releaseIndex, releases } from '../releases.ts'

/** By pattern: `release places`, each up to the next; `-` where the release does not have the line. */
export const PLACES: Readonly<Record<string, string>> = {
  'xc_dom_find_loader: no loader found':
    '3.1.0 xc_dom_core.c:495, 3.2.0 xc_dom_core.c:499, 3.3.0 xc_dom_core.c:503, ' +
    '3.4.0 xc_dom_core.c:504, 4.0.0 xc_dom_core.c:517, 4.1.0 xc_dom_core.c:539-540, ' +
    '4.1.4 xc_dom_core.c:584-585, 4.1.6 xc_dom_core.c:615-616, 4.2.0 xc_dom_core.c:539-540, ' +
    '4.2.1 xc_dom_core.c:584-585, 4.2.3 xc_dom_core.c:616-617, 4.2.4 xc_dom_core.c:637-638, ' +
    '4.3.0 xc_dom_core.c:620-621, 4.3.2 xc_dom_core.c:641-642, 4.4.0 xc_dom_core.c:643-644, ' +
    '4.5.0 xc_dom_core.c:676-677, 4.6.0 xc_dom_core.c:675-676, 4.7.0 xc_dom_core.c:700-701, ' +
    '4.8.0 xc_dom_core.c:701-702, 4.11.0 xc_dom_core.c:691-692, 4.14.0 xc_dom_core.c:692-693, ' +
    '4.15.0 xg_dom_core.c:690-691, 4.17.0 xg_dom_core.c:689-690',
  'xc_dom_probe_bzimage_kernel: kernel is not a bzImage':
    '4.0.0 xc_dom_bzimageloader.c:349-350, 4.0.2 xc_dom_bzimageloader.c:380-381, ' +
    '4.1.0 xc_dom_bzimageloader.c:524-525, 4.1.1 xc_dom_bzimageloader.c:555-556, ' +
    '4.1.4 xc_dom_bzimageloader.c:606-607, 4.1.5 xc_dom_bzimageloader.c:633-634, 4.2.0 -',
  'xc_dom_probe_bzimage_kernel: kernel image too small':
    '4.0.0 xc_dom_bzimageloader.c:340-341, 4.0.2 xc_dom_bzimageloader.c:371-372, ' +
    '4.1.0 xc_dom_bzimageloader.c:515-516, 4.1.1 xc_dom_bzimageloader.c:546-547, ' +
    '4.1.4 xc_dom_bzimageloader.c:597-598, 4.1.5 xc_dom_bzimageloader.c:624-625, 4.2.0 -',
  'xc_dom_probe_bzimage_kernel: unknown compression format':
    '4.0.0 xc_dom_bzimageloader.c:399-400, 4.0.2 xc_dom_bzimageloader.c:450-451, ' +
    '4.1.0 xc_dom_bzimageloader.c:584-585, 4.1.1 xc_dom_bzimageloader.c:635-636, ' +
    '4.1.4 xc_dom_bzimageloader.c:686-687, 4.1.5 xc_dom_bzimageloader.c:724-725, ' +
    '4.2.0 xc_dom_bzimageloader.c:676-677, 4.2.1 xc_dom_bzimageloader.c:727-728, ' +
    '4.3.0 xc_dom_bzimageloader.c:738-739, 4.4.0 xc_dom_bzimageloader.c:749-750, ' +
    '4.5.0 xc_dom_bzimageloader.c:769-770, 4.6.0 xc_dom_bzimageloader.c:772-773, ' +
    '4.8.0 xc_dom_bzimageloader.c:774-775, 4.15.0 xg_dom_bzimageloader.c:869-870, ' +
    '4.16.0 xg_dom_bzimageloader.c:813-814, 4.18.5 xg_dom_bzimageloader.c:812-813, ' +
    '4.19.0 xg_dom_bzimageloader.c:813-814, 4.19.2 xg_dom_bzimageloader.c:812-813, ' +
    '4.22.0 xg_dom_bzimageloader.c:938-939',
  'xc_dom_probe_bzimage_kernel: payload {part} overflow':
    '4.0.2 xc_dom_bzimageloader.c:401-402 xc_dom_bzimageloader.c:407-408, 4.1.0 -, ' +
    '4.1.1 xc_dom_bzimageloader.c:576-577 xc_dom_bzimageloader.c:582-583, ' +
    '4.1.4 xc_dom_bzimageloader.c:627-628 xc_dom_bzimageloader.c:633-634, ' +
    '4.1.5 xc_dom_bzimageloader.c:654-655 xc_dom_bzimageloader.c:660-661, ' +
    '4.2.0 xc_dom_bzimageloader.c:606-607 xc_dom_bzimageloader.c:612-613, ' +
    '4.2.1 xc_dom_bzimageloader.c:657-658 xc_dom_bzimageloader.c:663-664, ' +
    '4.3.0 xc_dom_bzimageloader.c:668-669 xc_dom_bzimageloader.c:674-675, ' +
    '4.5.0 xc_dom_bzimageloader.c:688-689 xc_dom_bzimageloader.c:694-695, ' +
    '4.6.0 xc_dom_bzimageloader.c:691-692 xc_dom_bzimageloader.c:697-698, ' +
    '4.8.0 xc_dom_bzimageloader.c:693-694 xc_dom_bzimageloader.c:699-700, ' +
    '4.15.0 xg_dom_bzimageloader.c:777-778 xg_dom_bzimageloader.c:783-784, ' +
    '4.16.0 xg_dom_bzimageloader.c:721-722 xg_dom_bzimageloader.c:727-728, ' +
    '4.18.5 xg_dom_bzimageloader.c:720-721 xg_dom_bzimageloader.c:726-727, ' +
    '4.19.0 xg_dom_bzimageloader.c:721-722 xg_dom_bzimageloader.c:727-728, ' +
    '4.19.2 xg_dom_bzimageloader.c:720-721 xg_dom_bzimageloader.c:726-727, ' +
    '4.22.0 xg_dom_bzimageloader.c:846-847 xg_dom_bzimageloader.c:852-853',
  'xc_dom_probe_bzimage_kernel: boot protocol too old ({protocol})':
    '4.0.0 xc_dom_bzimageloader.c:356-357, 4.0.2 xc_dom_bzimageloader.c:387-388, ' +
    '4.1.0 xc_dom_bzimageloader.c:531-532, 4.1.1 xc_dom_bzimageloader.c:562-563, ' +
    '4.1.4 xc_dom_bzimageloader.c:613-614, 4.1.5 xc_dom_bzimageloader.c:640-641, ' +
    '4.2.0 xc_dom_bzimageloader.c:592-593, 4.2.1 xc_dom_bzimageloader.c:643-644, ' +
    '4.3.0 xc_dom_bzimageloader.c:654-655, 4.5.0 xc_dom_bzimageloader.c:674-675, ' +
    '4.6.0 xc_dom_bzimageloader.c:677-678, 4.8.0 xc_dom_bzimageloader.c:679-680, ' +
    '4.15.0 xg_dom_bzimageloader.c:763-764, 4.16.0 xg_dom_bzimageloader.c:707-708, ' +
    '4.18.5 xg_dom_bzimageloader.c:706-707, 4.19.0 xg_dom_bzimageloader.c:707-708, ' +
    '4.19.2 xg_dom_bzimageloader.c:706-707, 4.22.0 xg_dom_bzimageloader.c:832-833',
  'xc_dom_probe_bzimage_kernel: unable to gzip decompress kernel':
    '4.0.0 xc_dom_bzimageloader.c:369-371, 4.0.2 xc_dom_bzimageloader.c:420-422, ' +
    '4.1.0 xc_dom_bzimageloader.c:544-545, 4.1.1 xc_dom_bzimageloader.c:595-596, ' +
    '4.1.4 xc_dom_bzimageloader.c:646-647, 4.1.5 xc_dom_bzimageloader.c:673-674, ' +
    '4.2.0 xc_dom_bzimageloader.c:625-626, 4.2.1 xc_dom_bzimageloader.c:676-677, ' +
    '4.3.0 xc_dom_bzimageloader.c:687-688, 4.5.0 xc_dom_bzimageloader.c:707-708, ' +
    '4.6.0 xc_dom_bzimageloader.c:710-711, 4.8.0 xc_dom_bzimageloader.c:712-713, ' +
    '4.15.0 xg_dom_bzimageloader.c:796-797, 4.16.0 xg_dom_bzimageloader.c:740-741, ' +
    '4.18.5 xg_dom_bzimageloader.c:739-740, 4.19.0 xg_dom_bzimageloader.c:740-741, ' +
    '4.19.2 xg_dom_bzimageloader.c:739-740, 4.22.0 xg_dom_bzimageloader.c:865-866',
  'xc_dom_probe_bzimage_kernel unable to BZIP2 decompress kernel':
    '4.0.0 xc_dom_bzimageloader.c:380-382, 4.0.2 xc_dom_bzimageloader.c:431-433, ' +
    '4.1.0 xc_dom_bzimageloader.c:554-556, 4.1.1 xc_dom_bzimageloader.c:605-607, ' +
    '4.1.4 xc_dom_bzimageloader.c:656-658, 4.1.5 xc_dom_bzimageloader.c:683-685, ' +
    '4.2.0 xc_dom_bzimageloader.c:635-637, 4.2.1 xc_dom_bzimageloader.c:686-688, ' +
    '4.3.0 xc_dom_bzimageloader.c:697-699, 4.5.0 xc_dom_bzimageloader.c:717-719, ' +
    '4.6.0 xc_dom_bzimageloader.c:720-722, 4.8.0 xc_dom_bzimageloader.c:722-724, ' +
    '4.15.0 xg_dom_bzimageloader.c:806-808, 4.16.0 xg_dom_bzimageloader.c:750-752, ' +
    '4.18.5 xg_dom_bzimageloader.c:749-751, 4.19.0 xg_dom_bzimageloader.c:750-752, ' +
    '4.19.2 xg_dom_bzimageloader.c:749-751, 4.22.0 xg_dom_bzimageloader.c:875-877',
  'xc_dom_probe_bzimage_kernel unable to LZMA decompress kernel':
    '4.0.0 xc_dom_bzimageloader.c:391-393, 4.0.2 xc_dom_bzimageloader.c:442-444, ' +
    '4.1.0 xc_dom_bzimageloader.c:565-567, 4.1.1 xc_dom_bzimageloader.c:616-618, ' +
    '4.1.4 xc_dom_bzimageloader.c:667-669, 4.1.5 xc_dom_bzimageloader.c:705-707, ' +
    '4.2.0 xc_dom_bzimageloader.c:657-659, 4.2.1 xc_dom_bzimageloader.c:708-710, ' +
    '4.3.0 xc_dom_bzimageloader.c:719-721, 4.5.0 xc_dom_bzimageloader.c:739-741, ' +
    '4.6.0 xc_dom_bzimageloader.c:742-744, 4.8.0 xc_dom_bzimageloader.c:744-746, ' +
    '4.15.0 xg_dom_bzimageloader.c:839-841, 4.16.0 xg_dom_bzimageloader.c:783-785, ' +
    '4.18.5 xg_dom_bzimageloader.c:782-784, 4.19.0 xg_dom_bzimageloader.c:783-785, ' +
    '4.19.2 xg_dom_bzimageloader.c:782-784, 4.22.0 xg_dom_bzimageloader.c:908-910',
  'xc_dom_probe_bzimage_kernel unable to XZ decompress kernel':
    '4.1.5 xc_dom_bzimageloader.c:694-696, 4.2.0 xc_dom_bzimageloader.c:646-648, ' +
    '4.2.1 xc_dom_bzimageloader.c:697-699, 4.3.0 xc_dom_bzimageloader.c:708-710, ' +
    '4.5.0 xc_dom_bzimageloader.c:728-730, 4.6.0 xc_dom_bzimageloader.c:731-733, ' +
    '4.8.0 xc_dom_bzimageloader.c:733-735, 4.15.0 xg_dom_bzimageloader.c:817-819, ' +
    '4.16.0 xg_dom_bzimageloader.c:761-763, 4.18.5 xg_dom_bzimageloader.c:760-762, ' +
    '4.19.0 xg_dom_bzimageloader.c:761-763, 4.19.2 xg_dom_bzimageloader.c:760-762, ' +
    '4.22.0 xg_dom_bzimageloader.c:886-888',
  'xc_dom_probe_bzimage_kernel unable to LZO decompress kernel':
    '4.1.0 xc_dom_bzimageloader.c:576-578, 4.1.1 xc_dom_bzimageloader.c:627-629, ' +
    '4.1.4 xc_dom_bzimageloader.c:678-680, 4.1.5 xc_dom_bzimageloader.c:716-718, ' +
    '4.2.0 xc_dom_bzimageloader.c:668-670, 4.2.1 xc_dom_bzimageloader.c:719-721, ' +
    '4.3.0 xc_dom_bzimageloader.c:730-732, 4.5.0 xc_dom_bzimageloader.c:750-752, ' +
    '4.6.0 xc_dom_bzimageloader.c:753-755, 4.8.0 xc_dom_bzimageloader.c:755-757, ' +
    '4.15.0 xg_dom_bzimageloader.c:850-852, 4.16.0 xg_dom_bzimageloader.c:794-796, ' +
    '4.18.5 xg_dom_bzimageloader.c:793-795, 4.19.0 xg_dom_bzimageloader.c:794-796, ' +
    '4.19.2 xg_dom_bzimageloader.c:793-795, 4.22.0 xg_dom_bzimageloader.c:919-921',
  'xc_dom_probe_bzimage_kernel unable to LZ4 decompress kernel':
    '4.4.0 xc_dom_bzimageloader.c:741-743, 4.5.0 xc_dom_bzimageloader.c:761-763, ' +
    '4.6.0 xc_dom_bzimageloader.c:764-766, 4.8.0 xc_dom_bzimageloader.c:766-768, ' +
    '4.15.0 xg_dom_bzimageloader.c:861-863, 4.16.0 xg_dom_bzimageloader.c:805-807, ' +
    '4.18.5 xg_dom_bzimageloader.c:804-806, 4.19.0 xg_dom_bzimageloader.c:805-807, ' +
    '4.19.2 xg_dom_bzimageloader.c:804-806, 4.22.0 xg_dom_bzimageloader.c:930-932',
  'xc_dom_probe_bzimage_kernel unable to ZSTD decompress kernel':
    '4.15.0 xg_dom_bzimageloader.c:828-830, 4.16.0 xg_dom_bzimageloader.c:772-774, ' +
    '4.18.5 xg_dom_bzimageloader.c:771-773, 4.19.0 xg_dom_bzimageloader.c:772-774, ' +
    '4.19.2 xg_dom_bzimageloader.c:771-773, 4.22.0 xg_dom_bzimageloader.c:897-899',
  'xc_try_bzip2_decode: BZIP2 decompress support unavailable':
    '4.6.0 xc_dom_bzimageloader.c:187-189, 4.8.0 xc_dom_bzimageloader.c:189-191, ' +
    '4.15.0 xg_dom_bzimageloader.c:189-191, 4.16.0 xg_dom_bzimageloader.c:149-151, ' +
    '4.22.0 xg_dom_bzimageloader.c:148-150',
  'xc_try_lzma_decode: LZMA decompress support unavailable':
    '4.6.0 xc_dom_bzimageloader.c:379-381, 4.8.0 xc_dom_bzimageloader.c:381-383, ' +
    '4.15.0 xg_dom_bzimageloader.c:381-383, 4.16.0 xg_dom_bzimageloader.c:320-322, ' +
    '4.18.5 xg_dom_bzimageloader.c:319-321, 4.19.0 xg_dom_bzimageloader.c:320-322, ' +
    '4.19.2 xg_dom_bzimageloader.c:319-321, 4.22.0 xg_dom_bzimageloader.c:318-320',
  'xc_try_xz_decode: XZ decompress support unavailable':
    '4.6.0 xc_dom_bzimageloader.c:370-372, 4.8.0 xc_dom_bzimageloader.c:372-374, ' +
    '4.15.0 xg_dom_bzimageloader.c:372-374, 4.16.0 xg_dom_bzimageloader.c:311-313, ' +
    '4.18.5 xg_dom_bzimageloader.c:310-312, 4.19.0 xg_dom_bzimageloader.c:311-313, ' +
    '4.19.2 xg_dom_bzimageloader.c:310-312, 4.22.0 xg_dom_bzimageloader.c:309-311',
  'xc_try_lzo1x_decode: LZO1x decompress support unavailable':
    '4.6.0 xc_dom_bzimageloader.c:582-584, 4.8.0 xc_dom_bzimageloader.c:584-586, ' +
    '4.15.0 xg_dom_bzimageloader.c:589-591, 4.16.0 xg_dom_bzimageloader.c:540-542, ' +
    '4.18.5 xg_dom_bzimageloader.c:539-541, 4.19.0 xg_dom_bzimageloader.c:540-542, ' +
    '4.19.2 xg_dom_bzimageloader.c:539-541, 4.22.0 xg_dom_bzimageloader.c:538-540',
  'xc_try_lz4_decode: LZ4 decompress support unavailable': '4.22.0 xg_dom_bzimageloader.c:744-746',
  'xc_try_zstd_decode: ZSTD decompress support unavailable':
    '4.15.0 xg_dom_bzimageloader.c:668-670, 4.16.0 xg_dom_bzimageloader.c:619-621, ' +
    '4.18.5 xg_dom_bzimageloader.c:618-620, 4.19.0 xg_dom_bzimageloader.c:619-621, ' +
    '4.19.2 xg_dom_bzimageloader.c:618-620, 4.22.0 xg_dom_bzimageloader.c:617-619',
  'xc_dom_do_gunzip: inflate failed (rc={rc})':
    '3.1.0 xc_dom_core.c:249-250, 3.4.0 xc_dom_core.c:250-251, 4.1.0 xc_dom_core.c:272-273, ' +
    '4.1.4 xc_dom_core.c:314-315, 4.1.6 xc_dom_core.c:332-333, 4.2.0 xc_dom_core.c:272-273, ' +
    '4.2.1 xc_dom_core.c:314-315, 4.2.3 xc_dom_core.c:332-333, 4.2.4 xc_dom_core.c:353-354, ' +
    '4.3.0 xc_dom_core.c:332-333, 4.3.2 xc_dom_core.c:353-354, 4.5.0 xc_dom_core.c:386-387, ' +
    '4.6.0 xc_dom_core.c:385-386, 4.8.0 xc_dom_core.c:386-387, 4.11.0 xc_dom_core.c:376-377, ' +
    '4.14.0 xc_dom_core.c:377-378, 4.15.0 xg_dom_core.c:375-376, 4.17.0 xg_dom_core.c:374-375',
  'kernel image too large':
    '4.1.4 xc_dom_core.c:242-243, 4.1.6 xc_dom_core.c:255-256, 4.2.0 -, 4.2.1 xc_dom_core.c:242-243, ' +
    '4.2.3 xc_dom_core.c:255-256, 4.2.4 xc_dom_core.c:276-277, 4.3.0 xc_dom_core.c:255-256, ' +
    '4.3.2 xc_dom_core.c:276-277, 4.5.0 xc_dom_core.c:309-310, 4.6.0 xc_dom_core.c:308-309, ' +
    '4.8.0 xc_dom_core.c:309-310, 4.11.0 xc_dom_core.c:315-316, 4.14.0 xc_dom_core.c:316-317, ' +
    '4.15.0 xg_dom_core.c:316-317, 4.17.0 xg_dom_core.c:315-316',
  'tried to map file which is too large':
    '4.1.4 xc_dom_core.c:177-178, 4.1.6 xc_dom_core.c:189-190, 4.2.0 -, 4.2.1 xc_dom_core.c:177-178, ' +
    '4.2.3 xc_dom_core.c:189-190, 4.2.4 xc_dom_core.c:201-202, 4.3.0 xc_dom_core.c:189-190, ' +
    '4.3.2 xc_dom_core.c:201-202, 4.5.0 xc_dom_core.c:224-225, 4.6.0 xc_dom_core.c:223-224, ' +
    '4.8.0 xc_dom_core.c:224-225, 4.15.0 xg_dom_core.c:224-225, 4.17.0 xg_dom_core.c:223-224',
  'xc_dom_parse_elf_kernel: corrupted ELF image':
    '3.1.0 xc_dom_elfloader.c:239-240, 3.3.0 xc_dom_elfloader.c:237-238, ' +
    '4.1.0 xc_dom_elfloader.c:271-272, 4.1.6 xc_dom_elfloader.c:339-340, ' +
    '4.2.0 xc_dom_elfloader.c:271-272, 4.2.3 xc_dom_elfloader.c:339-340, ' +
    '4.3.0 xc_dom_elfloader.c:337-338, 4.6.0 xc_dom_elfloader.c:331-332, ' +
    '4.7.0 xc_dom_elfloader.c:157-158, 4.10.0 xc_dom_elfloader.c:164-165, ' +
    '4.11.0 xc_dom_elfloader.c:163-164, 4.15.0 xg_dom_elfloader.c:162-163, ' +
    '4.16.0 xg_dom_elfloader.c:163-164, 4.21.0 xg_dom_elfloader.c:162-163',
  'xc_dom_parse_elf_kernel: ELF image has no shstrtab':
    '3.1.0 xc_dom_elfloader.c:247-248, 3.3.0 xc_dom_elfloader.c:245-246, ' +
    '4.1.0 xc_dom_elfloader.c:279-280, 4.1.6 xc_dom_elfloader.c:347-348, ' +
    '4.2.0 xc_dom_elfloader.c:279-280, 4.2.3 xc_dom_elfloader.c:347-348, ' +
    '4.3.0 xc_dom_elfloader.c:345-346, 4.6.0 xc_dom_elfloader.c:339-340, ' +
    '4.7.0 xc_dom_elfloader.c:165-166, 4.10.0 xc_dom_elfloader.c:172-173, ' +
    '4.11.0 xc_dom_elfloader.c:171-172, 4.13.0 -',
  'xc_dom_parse_elf_kernel: Kernel does not support unprivileged (DomU) operation':
    '4.2.0 xc_dom_elfloader.c:291-292, 4.2.3 xc_dom_elfloader.c:362-363, ' +
    '4.3.0 xc_dom_elfloader.c:360-361, 4.6.0 xc_dom_elfloader.c:354-355, ' +
    '4.7.0 xc_dom_elfloader.c:180-181, 4.10.0 xc_dom_elfloader.c:187-188, ' +
    '4.13.0 xc_dom_elfloader.c:178-179, 4.15.0 xg_dom_elfloader.c:177-178, ' +
    '4.16.0 xg_dom_elfloader.c:179-180, 4.21.0 xg_dom_elfloader.c:178-179',
  'xc_dom_parse_hvm_kernel: ELF image is not 32bit':
    '4.7.0 xc_dom_hvmloader.c:112-113, 4.15.0 xg_dom_hvmloader.c:111-112, ' +
    '4.16.0 xg_dom_hvmloader.c:110-111, 4.21.0 xg_dom_hvmloader.c:109-110',
  'xc_dom_guest_type: image not capable of booting inside a HVM container':
    '4.10.0 xc_dom_elfloader.c:64-66, 4.15.0 xg_dom_elfloader.c:63-65, ' + '4.21.0 xg_dom_elfloader.c:62-64',
  'xc_dom_guest_type: {spelling} image type {machine}':
    '4.11.0 xc_dom_elfloader.c:89-91, 4.15.0 xg_dom_elfloader.c:88-90, ' + '4.21.0 xg_dom_elfloader.c:87-89',
  'xc_dom_compat_check: guest type {type} not supported by xen kernel, sorry':
    '3.1.0 xc_dom_boot.c:106-108, 3.2.0 xc_dom_boot.c:108-110, 4.1.0 xc_dom_boot.c:124-126, ' +
    '4.2.0 xc_dom_boot.c:125-127, 4.4.0 xc_dom_boot.c:119-121, 4.5.1 xc_dom_boot.c:120-122, ' +
    '4.6.0 xc_dom_boot.c:119-121, 4.7.0 xc_dom_boot.c:106-108, 4.10.0 xc_dom_boot.c:87-89, ' +
    '4.15.0 xg_dom_boot.c:86-88, 4.21.0 xg_dom_boot.c:87-89',
  'xc_dom_{action}_arch_hooks: not found (type {type})':
    '3.1.0 xc_dom_core.c:515-516, 3.2.0 xc_dom_core.c:519-520, 3.3.0 xc_dom_core.c:523-524, ' +
    '3.4.0 xc_dom_core.c:524-525, 4.0.0 xc_dom_core.c:537-538, 4.1.0 xc_dom_core.c:560-561, ' +
    '4.1.4 xc_dom_core.c:605-606, 4.1.6 xc_dom_core.c:636-637, 4.2.0 xc_dom_core.c:560-561, ' +
    '4.2.1 xc_dom_core.c:605-606, 4.2.3 xc_dom_core.c:637-638, 4.2.4 xc_dom_core.c:658-659, ' +
    '4.3.0 xc_dom_core.c:641-642, 4.3.2 xc_dom_core.c:662-663, 4.4.0 xc_dom_core.c:664-665, ' +
    '4.5.0 xc_dom_core.c:697-698, 4.6.0 xc_dom_core.c:696-697, 4.7.0 xc_dom_core.c:732-733, ' +
    '4.8.0 xc_dom_core.c:733-734, 4.11.0 xc_dom_core.c:723-724, 4.14.0 xc_dom_core.c:724-725, ' +
    '4.15.0 xg_dom_core.c:722-723, 4.17.0 xg_dom_core.c:721-722',
  'xc_dom_mem_init: arch hooks not set':
    '3.1.0 xc_dom_core.c:647-648, 3.2.0 xc_dom_core.c:651-652, 3.3.0 xc_dom_core.c:655-656, ' +
    '3.4.0 xc_dom_core.c:656-657, 4.0.0 xc_dom_core.c:669-670, 4.1.0 xc_dom_core.c:695-696, ' +
    '4.1.4 xc_dom_core.c:760-761, 4.1.6 xc_dom_core.c:791-792, 4.2.0 xc_dom_core.c:695-696, ' +
    '4.2.1 xc_dom_core.c:760-761, 4.2.3 xc_dom_core.c:792-793, 4.2.4 xc_dom_core.c:813-814, ' +
    '4.3.0 xc_dom_core.c:796-797, 4.3.2 xc_dom_core.c:817-818, 4.4.0 xc_dom_core.c:870-871, ' +
    '4.5.0 xc_dom_core.c:903-904, 4.6.0 xc_dom_core.c:902-903, 4.7.0 xc_dom_core.c:942-943, ' +
    '4.8.0 xc_dom_core.c:943-944, 4.9.0 xc_dom_core.c:934-935, 4.10.0 xc_dom_core.c:935-936, ' +
    '4.10.1 xc_dom_core.c:964-965, 4.11.0 xc_dom_core.c:954-955, 4.14.0 xc_dom_core.c:955-956, ' +
    '4.15.0 xg_dom_core.c:960-961, 4.16.0 xg_dom_core.c:964-965, 4.17.0 xg_dom_core.c:963-964',
  'xc_dom_parse_image: unsupported feature requested':
    '3.1.0 xc_dom_core.c:628-629, 3.2.0 xc_dom_core.c:632-633, 3.3.0 xc_dom_core.c:636-637, ' +
    '3.4.0 xc_dom_core.c:637-638, 4.0.0 xc_dom_core.c:650-651, 4.1.0 xc_dom_core.c:676-677, ' +
    '4.1.4 xc_dom_core.c:741-742, 4.1.6 xc_dom_core.c:772-773, 4.2.0 xc_dom_core.c:676-677, ' +
    '4.2.1 xc_dom_core.c:741-742, 4.2.3 xc_dom_core.c:773-774, 4.2.4 xc_dom_core.c:794-795, ' +
    '4.3.0 xc_dom_core.c:777-778, 4.3.2 xc_dom_core.c:798-799, 4.4.0 xc_dom_core.c:843-844, ' +
    '4.5.0 xc_dom_core.c:876-877, 4.6.0 xc_dom_core.c:875-876, 4.7.0 xc_dom_core.c:915-916, ' +
    '4.8.0 xc_dom_core.c:916-917, 4.9.0 xc_dom_core.c:907-908, 4.10.0 xc_dom_core.c:908-909, ' +
    '4.10.1 xc_dom_core.c:937-938, 4.11.0 xc_dom_core.c:927-928, 4.14.0 xc_dom_core.c:928-929, ' +
    '4.15.0 xg_dom_core.c:933-934, 4.16.0 xg_dom_core.c:937-938, 4.17.0 xg_dom_core.c:936-937',
  'vcpu_x86_32: PVH not supported for 32bit guests.':
    '4.4.0 xc_dom_x86.c:594-595, 4.6.0 xc_dom_x86.c:595-596, 4.7.0 -',
  'xc_dom_parse_bin_kernel: xen_bin_image_table flags required {wanted} found {found}':
    '3.1.0 xc_dom_binloader.c:157-160, 4.1.0 xc_dom_binloader.c:174-177, ' +
    '4.1.6 xc_dom_binloader.c:177-180, 4.2.0 xc_dom_binloader.c:174-177, ' +
    '4.2.3 xc_dom_binloader.c:177-180, 4.6.0 xc_dom_binloader.c:176-179, ' +
    '4.15.0 xg_dom_binloader.c:175-178',
  'xc_dom_parse_bin_kernel: Invalid {field}.':
    '3.1.0 xc_dom_binloader.c:169-170 xc_dom_binloader.c:185-186 xc_dom_binloader.c:192-193, ' +
    '4.1.0 xc_dom_binloader.c:186-187 xc_dom_binloader.c:202-203 xc_dom_binloader.c:209-210, ' +
    '4.1.6 xc_dom_binloader.c:189-190 xc_dom_binloader.c:205-206 xc_dom_binloader.c:212-213, ' +
    '4.2.0 xc_dom_binloader.c:186-187 xc_dom_binloader.c:202-203 xc_dom_binloader.c:209-210, ' +
    '4.2.3 xc_dom_binloader.c:189-190 xc_dom_binloader.c:205-206 xc_dom_binloader.c:212-213, ' +
    '4.6.0 xc_dom_binloader.c:188-189 xc_dom_binloader.c:204-205 xc_dom_binloader.c:211-212, ' +
    '4.15.0 xg_dom_binloader.c:187-188 xg_dom_binloader.c:203-204 xg_dom_binloader.c:210-211',
}

/** A place in a log line's prefix. */
export interface LogPlace {
  /** `xc_dom_core.c`. */
  file: string
  /** From 1. */
  line: number
}

/** The place that a line of a log names before its text; undefined where it names none of libxc. */
export function placeIn(text: string): LogPlace | undefined {
  const match = /\b(x[cg]_\w{1,40}\.c):(\d{1,6})\b/.exec(text)
  return match === null ? undefined : { file: match[1]!, line: Number(match[2]) }
}

/** The releases of upstream that have the line of a pattern at this place; undefined where nothing is known of it. */
export function releasesAt(pattern: string, place: LogPlace): Release[] | undefined {
  const known = PLACES[pattern]
  if (known === undefined) return undefined
  const spans = known.split(', ').map(span => {
    const [since = '', ...places] = span.split(' ')
    return { since: releaseIndex(since)!, has: places.some(text => isAt(text, place)) }
  })
  return releases.filter((_, index) => spans.findLast(({ since }) => since <= index)?.has === true)
}

/** Whether `file:first-last` or `file:line` is where a place is. */
function isAt(text: string, { file, line }: LogPlace): boolean {
  const [name, lines = ''] = text.split(':')
  const [first, last = first] = lines.split('-').map(Number)
  return name === file && first !== undefined && first <= line && line <= last!
}
