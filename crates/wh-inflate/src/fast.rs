#![allow(unsafe_code, clippy::undocumented_unsafe_blocks)]
use crate::codes::Entry;
use crate::window::SLACK;

#[inline(always)]
pub(crate) fn eight(input: &[u8], at: usize) -> u64 {
    debug_assert!(at + 8 <= input.len());
    u64::from_le(unsafe { input.as_ptr().add(at).cast::<u64>().read_unaligned() })
}

#[inline(always)]
pub(crate) fn entry(entries: &[Entry], at: usize) -> Entry {
    debug_assert!(at < entries.len());
    unsafe { *entries.get_unchecked(at) }
}

#[inline(always)]
pub(crate) fn put(bytes: &mut [u8], at: usize, byte: u8) {
    debug_assert!(at < bytes.len());
    unsafe { *bytes.get_unchecked_mut(at) = byte }
}

type Sixteen = [u8; 16];
/// Copies a match; writes up to sixteen bytes behind it.
#[inline(always)]
pub(crate) fn copy(mut to: *mut u8, distance: usize, length: usize) {
    const _: () = assert!(SLACK > 258 + 32);
    unsafe {
        let mut from = to.sub(distance).cast_const();
        let end = to.add(length);
        if distance >= 16 {
            to.cast::<Sixteen>().write_unaligned(from.cast::<Sixteen>().read_unaligned());
            to.add(16).cast::<Sixteen>().write_unaligned(from.add(16).cast::<Sixteen>().read_unaligned());
            if length > 32 {
                from = from.add(32);
                to = to.add(32);
                loop {
                    to.cast::<Sixteen>().write_unaligned(from.cast::<Sixteen>().read_unaligned());
                    to.add(16).cast::<Sixteen>().write_unaligned(from.add(16).cast::<Sixteen>().read_unaligned());
                    from = from.add(32);
                    to = to.add(32);
                    if to >= end {
                        break;
                    }
                }
            }
        } else if distance == 1 {
            let some = [*from; 16];
            loop {
                to.cast::<Sixteen>().write_unaligned(some);
                to = to.add(16);
                if to >= end {
                    break;
                }
            }
        } else {
            let step = distance.min(8);
            loop {
                to.cast::<u64>().write_unaligned(from.cast::<u64>().read_unaligned());
                from = from.add(step);
                to = to.add(step);
                if to >= end {
                    break;
                }
            }
        }
    }
}
