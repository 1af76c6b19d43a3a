//! The program's allocator.
//!
//! Every step of a training asks for the same large arrays and gives them back. The system's allocator returns such memory each time,
//! and to fill new pages takes as long as many an operation on them; one that keeps all it has had holds, beside what is used, pages
//! of arrays of other sizes: half as much again. So large arrays lie in one range of addresses:
//!
//! ```text
//!  ┌ array ┬ free ┬ array ──────┬ free, without pages ─────────────────
//!  an array takes the smallest free extent that holds it; freed neighbours become one
//!  where that would need more pages than arrays have ever had at once, pages of free extents go back first
//! ```
//!
//! The pages that are held are thus never more than what the arrays took at their peak, and steps that repeat find the pages of the
//! step before. The range is of huge pages where the system has them. Small arrays are mimalloc's, and so is everything where there is
//! no such range.

use std::alloc::{GlobalAlloc, Layout};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Arrays of so many bytes are large.
const LARGE: usize = 1 << 20;
/// Extents and pages are counted in grains of so many bytes.
const GRAIN: usize = 64 << 10;
/// Bytes of addresses, of which only those that are used have pages; the first that the system grants.
#[cfg(target_os = "linux")]
const RANGES: [usize; 3] = [1 << 38, 1 << 36, 1 << 34];

/// `mi_option_purge_delay` of mimalloc.h, which the binding does not name: after how many milliseconds unused pages go back to
/// the system.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// The allocator: a range for large arrays, mimalloc for the others.
pub struct Allocator;

/// Where the range begins and ends; 0 where there is none.
static BEGIN: AtomicUsize = AtomicUsize::new(0);
static END: AtomicUsize = AtomicUsize::new(0);
static EXTENTS: Mutex<Option<Mapped>> = Mutex::new(None);

/// Sets the allocator up: small arrays keep their pages until the program ends, large ones get their range. To be called before there
/// are threads.
pub fn keep() {
    // SAFETY: setting an option is not safe while other threads do, and there are none.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, -1) }
    let Some(mapped) = Mapped::reserve() else { return };
    let begin = mapped.map.as_ptr() as usize;
    END.store(begin + mapped.map.len(), Ordering::Relaxed);
    *EXTENTS.lock().unwrap_or_else(PoisonError::into_inner) = Some(mapped);
    BEGIN.store(begin, Ordering::Release);
}

/// The range with its extents.
struct Mapped {
    map: memmap2::MmapMut,
    extents: Extents,
}

impl Mapped {
    #[cfg(target_os = "linux")]
    fn reserve() -> Option<Self> {
        let reserve = |bytes: &usize| memmap2::MmapOptions::new().len(*bytes).no_reserve_swap().map_anon().ok();
        let map = RANGES.iter().find_map(reserve)?;
        // Where there are no huge pages, small ones serve.
        let _ = map.advise(memmap2::Advice::HugePage);
        let extents = Extents::new(map.len() / GRAIN);
        Some(Self { map, extents })
    }

    #[cfg(not(target_os = "linux"))]
    fn reserve() -> Option<Self> {
        None
    }

    /// Gives the pages of grains back; they are zeros when they are touched again.
    #[cfg(target_os = "linux")]
    fn release(map: &memmap2::MmapMut, grains: Range<usize>) -> bool {
        let advice = memmap2::UncheckedAdvice::DontNeed;
        // SAFETY: the grains are free: nobody reads what they held.
        unsafe { map.unchecked_advise_range(advice, grains.start * GRAIN, grains.len() * GRAIN) }.is_ok()
    }

    #[cfg(not(target_os = "linux"))]
    fn release(_: &memmap2::MmapMut, _: Range<usize>) -> bool {
        false
    }

    /// So many bytes, and whether they are all zeros.
    fn take(&mut self, bytes: usize) -> Option<(*mut u8, bool)> {
        let Self { map, extents } = self;
        let taken = extents.take(bytes.div_ceil(GRAIN), |grains| Self::release(map, grains))?;
        Some((map.as_mut_ptr().wrapping_add(taken.first * GRAIN), taken.clean))
    }
}

/// Grains that were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Taken {
    first: usize,
    /// Whether none had a page.
    clean: bool,
}

/// Which grains of a range are free, and which have pages.
#[derive(Debug)]
struct Extents {
    /// Free extents: grains by the first.
    free: BTreeMap<usize, usize>,
    /// The same by their grains.
    by_size: BTreeSet<(usize, usize)>,
    /// A bit a grain: whether it has pages.
    paged: Vec<u64>,
    /// Grains that have pages.
    pages: usize,
    /// Grains of arrays.
    used: usize,
    /// The most that there were.
    peak: usize,
}

impl Extents {
    fn new(grains: usize) -> Self {
        Self {
            free: BTreeMap::from([(0, grains)]),
            by_size: BTreeSet::from([(grains, 0)]),
            paged: vec![0; grains.div_ceil(64)],
            pages: 0,
            used: 0,
            peak: 0,
        }
    }

    /// The smallest free extent that holds so many grains, of its lowest grains. `release` gives pages back, and says whether it
    /// could.
    fn take(&mut self, grains: usize, release: impl FnMut(Range<usize>) -> bool) -> Option<Taken> {
        let (found, first) = *self.by_size.range((grains, 0)..).next()?;
        self.remove(first, found);
        if found > grains {
            self.insert(first + grains, found - grains);
        }
        self.used += grains;
        self.peak = self.peak.max(self.used);
        let taken = first..first + grains;
        let without = taken.len() - self.count(taken.clone());
        if self.pages + without > self.peak {
            self.give_pages_back(self.pages + without - self.peak, release);
        }
        self.mark(taken, true);
        self.pages += without;
        Some(Taken { first, clean: without == grains })
    }

    /// Grains that are free again.
    fn give(&mut self, first: usize, grains: usize) {
        self.used -= grains;
        let (mut first, mut grains) = (first, grains);
        if let Some((before, len)) = self.free.range(..first).next_back().map(|(at, len)| (*at, *len))
            && before + len == first
        {
            self.remove(before, len);
            (first, grains) = (before, grains + len);
        }
        if let Some(len) = self.free.get(&(first + grains)).copied() {
            self.remove(first + grains, len);
            grains += len;
        }
        self.insert(first, grains);
    }

    fn insert(&mut self, first: usize, grains: usize) {
        self.free.insert(first, grains);
        self.by_size.insert((grains, first));
    }

    fn remove(&mut self, first: usize, grains: usize) {
        self.free.remove(&first);
        self.by_size.remove(&(grains, first));
    }

    /// Gives back the pages of so many free grains, the highest first: arrays go to the lowest place that fits.
    fn give_pages_back(&mut self, mut grains: usize, mut release: impl FnMut(Range<usize>) -> bool) {
        let mut highest = usize::MAX;
        while grains > 0
            && let Some((first, len)) = self.free.range(..highest).next_back().map(|(at, len)| (*at, *len))
        {
            highest = first;
            while grains > 0
                && let Some(run) = self.last_run(first..first + len, grains)
            {
                if !release(run.clone()) {
                    return;
                }
                grains -= run.len();
                self.pages -= run.len();
                self.mark(run, false);
            }
        }
    }

    /// The last grains of some that have pages and lie together, so many at most.
    fn last_run(&self, of: Range<usize>, most: usize) -> Option<Range<usize>> {
        let last = self.last_paged(of.clone())?;
        let first = (of.start..last).rev().take(most - 1).take_while(|grain| self.has_page(*grain)).last();
        Some(first.unwrap_or(last)..last + 1)
    }

    /// The last grain of some that has pages. The end of the range has none, which is passed over by words.
    fn last_paged(&self, of: Range<usize>) -> Option<usize> {
        let mut end = of.end;
        while end > of.start {
            let word = self.paged[(end - 1) / 64];
            let low = (end - 1) / 64 * 64;
            let bits = word & (u64::MAX >> (63 - (end - 1 - low)));
            if bits != 0 {
                let found = low + 63 - bits.leading_zeros() as usize;
                return (found >= of.start).then_some(found);
            }
            end = low;
        }
        None
    }

    fn has_page(&self, grain: usize) -> bool {
        self.paged[grain / 64] >> (grain % 64) & 1 == 1
    }

    /// The words of some grains, each with the bits that are meant.
    fn words(of: Range<usize>) -> impl Iterator<Item = (usize, u64)> {
        (of.start / 64..of.end.div_ceil(64)).map(move |word| {
            let from = of.start.saturating_sub(word * 64);
            let to = (of.end - word * 64).min(64);
            (word, (u64::MAX << from) & (u64::MAX >> (64 - to)))
        })
    }

    fn count(&self, of: Range<usize>) -> usize {
        Self::words(of).map(|(word, bits)| (self.paged[word] & bits).count_ones() as usize).sum()
    }

    fn mark(&mut self, of: Range<usize>, paged: bool) {
        for (word, bits) in Self::words(of) {
            match paged {
                true => self.paged[word] |= bits,
                false => self.paged[word] &= !bits,
            }
        }
    }
}

/// Whether an array lies in the range.
fn in_range(at: *mut u8) -> bool {
    let begin = BEGIN.load(Ordering::Acquire);
    begin != 0 && (begin..END.load(Ordering::Relaxed)).contains(&(at as usize))
}

/// A large array, and whether it is zeros; `None` where the range has no place for it.
fn large(layout: Layout) -> Option<(*mut u8, bool)> {
    if layout.size() < LARGE || layout.align() > GRAIN || BEGIN.load(Ordering::Acquire) == 0 {
        return None;
    }
    EXTENTS.lock().unwrap_or_else(PoisonError::into_inner).as_mut()?.take(layout.size())
}

fn give(at: *mut u8, bytes: usize) {
    if let Some(mapped) = EXTENTS.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        let first = (at as usize - BEGIN.load(Ordering::Relaxed)) / GRAIN;
        mapped.extents.give(first, bytes.div_ceil(GRAIN));
    }
}

// SAFETY: what `large` gives lies in a range that is mapped until the program ends, aligned to a grain, and is nobody else's until it is
// given back with the size it was asked for with; everything else is handed to mimalloc as it came. The lists of extents are
// small arrays of mimalloc's, so that the lock is not taken twice.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match large(layout) {
            Some((at, _)) => at,
            // SAFETY: as of the caller.
            None => unsafe { mimalloc::MiMalloc.alloc(layout) },
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match large(layout) {
            Some((at, true)) => at,
            Some((at, false)) => {
                // SAFETY: the array has so many bytes.
                unsafe { at.write_bytes(0, layout.size()) };
                at
            }
            // SAFETY: as of the caller.
            None => unsafe { mimalloc::MiMalloc.alloc_zeroed(layout) },
        }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        match in_range(at) {
            true => give(at, layout.size()),
            // SAFETY: as of the caller: it came from mimalloc.
            false => unsafe { mimalloc::MiMalloc.dealloc(at, layout) },
        }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !in_range(at) && size < LARGE {
            // SAFETY: as of the caller.
            return unsafe { mimalloc::MiMalloc.realloc(at, layout, size) };
        }
        if in_range(at) && size.div_ceil(GRAIN) == layout.size().div_ceil(GRAIN) {
            return at;
        }
        // SAFETY: as of the caller: the alignment is that of an array that is there, the size one it allows.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                at.copy_to_nonoverlapping(moved, layout.size().min(size));
                self.dealloc(at, layout);
            }
            moved
        }
    }
}

#[cfg(test)]
#[allow(dead_code)] // benches that include this file run no tests
mod tests {
    use super::*;

    fn taken(extents: &mut Extents, grains: usize) -> usize {
        extents.take(grains, |_| true).unwrap().first
    }

    #[test]
    fn an_array_takes_the_smallest_extent_that_holds_it() {
        let mut extents = Extents::new(1000);
        let places: Vec<usize> = [10, 3, 20, 3, 5, 3].iter().map(|n| taken(&mut extents, *n)).collect();
        assert_eq!(places, [0, 10, 13, 33, 36, 41]);
        extents.give(0, 10);
        extents.give(13, 20);
        extents.give(36, 5);
        assert_eq!((taken(&mut extents, 6), taken(&mut extents, 5), taken(&mut extents, 4)), (0, 36, 6));
    }

    #[test]
    fn freed_neighbours_become_one() {
        let mut extents = Extents::new(100);
        assert!((0..4).map(|_| taken(&mut extents, 25)).eq([0, 25, 50, 75]));
        assert_eq!(extents.take(1, |_| true), None);
        for first in [0, 50, 25, 75] {
            extents.give(first, 25);
        }
        assert_eq!((extents.free.len(), extents.by_size.len(), taken(&mut extents, 100)), (1, 1, 0));
    }

    #[test]
    fn pages_are_never_more_than_arrays_had_at_once() {
        let mut extents = Extents::new(100_000);
        let mut held: Vec<(usize, usize)> = Vec::new();
        let mut state = 1u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % below
        };
        for _ in 0..20_000 {
            if held.len() < 30 && random(2) == 0 {
                let grains = 1 + random(300);
                let first = taken(&mut extents, grains);
                assert!(held.iter().all(|(at, len)| first + grains <= *at || at + len <= first), "arrays overlap");
                held.push((first, grains));
            } else if !held.is_empty() {
                let (first, grains) = held.swap_remove(random(held.len()));
                extents.give(first, grains);
            }
            assert!(extents.pages <= extents.peak, "{} pages, {} at the peak", extents.pages, extents.peak);
            assert_eq!(extents.pages, extents.count(0..100_000));
            assert!(held.iter().all(|(at, len)| extents.count(*at..at + len) == *len), "an array lost its pages");
        }
    }

    #[test]
    fn steps_that_repeat_find_their_pages() {
        let mut extents = Extents::new(10_000);
        let mut given_back = 0;
        for _ in 0..5 {
            let mut take = |extents: &mut Extents, grains: usize| {
                extents.take(grains, |run| {
                    given_back += run.len();
                    true
                })
            };
            let held: Vec<usize> = [100, 50, 120].iter().map(|n| take(&mut extents, *n).unwrap().first).collect();
            extents.give(held[1], 50);
            let again = take(&mut extents, 40).unwrap().first;
            extents.give(held[0], 100);
            extents.give(again, 40);
            extents.give(held[2], 120);
        }
        assert_eq!((given_back, extents.pages), (0, 270));
    }

    #[test]
    fn an_array_is_zeros_where_none_of_it_had_pages() {
        let mut extents = Extents::new(1000);
        assert!(extents.take(10, |_| true).unwrap().clean);
        extents.give(0, 10);
        assert!(!extents.take(5, |_| true).unwrap().clean);
        // Of an extent that is half used before, half: five grains of pages go back for those that it needs.
        assert!(!extents.take(20, |_| true).unwrap().clean);
        assert_eq!(extents.pages, extents.peak);
    }
}
